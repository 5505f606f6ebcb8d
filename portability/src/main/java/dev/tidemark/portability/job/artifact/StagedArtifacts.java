package dev.tidemark.portability.job.artifact;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * All artifacts of a job, ready for its workers.
 *
 * <p>Immutable.
 */
public final class StagedArtifacts {
  /** Of a job that needs no files. */
  public static final StagedArtifacts NONE = new StagedArtifacts(Map.of());

  private final Map<String, List<StagedArtifact>> byEnvironment;
  private final Map<String, StagedArtifact> byId;

  /** Artifacts by the id of their environment, in the client's order. */
  StagedArtifacts(Map<String, List<StagedArtifact>> byEnvironment) {
    this.byEnvironment = Map.copyOf(byEnvironment);
    this.byId =
        byEnvironment.values().stream()
            .flatMap(Collection::stream)
            .collect(Collectors.toUnmodifiableMap(StagedArtifact::id, artifact -> artifact));
  }

  /** Artifacts that belong to no environment in particular. */
  public static StagedArtifacts of(List<StagedArtifact> artifacts) {
    return new StagedArtifacts(Map.of("", List.copyOf(artifacts)));
  }

  /** All of them; those of one environment are in the client's order. */
  public List<StagedArtifact> all() {
    return byEnvironment.values().stream().flatMap(Collection::stream).toList();
  }

  /** What an environment needs, in the client's order. */
  public List<StagedArtifact> of(String environmentId) {
    return byEnvironment.getOrDefault(environmentId, List.of());
  }

  /** What a {@link StagedArtifact#reference} stands for; empty if it is none of this job. */
  public Optional<StagedArtifact> find(RunnerApi.ArtifactInformation reference) {
    if (!reference.getTypeUrn().equals(ArtifactUrns.DEFERRED)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
          byId.get(
              RunnerApi.DeferredArtifactPayload.parseFrom(reference.getTypePayload())
                  .getData()
                  .toStringUtf8()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /** The pipeline with references for the dependencies of its environments. */
  public RunnerApi.Pipeline rewrite(RunnerApi.Pipeline pipeline) {
    RunnerApi.Pipeline.Builder changed = pipeline.toBuilder();
    pipeline
        .getComponents()
        .getEnvironmentsMap()
        .forEach(
            (id, environment) ->
                changed
                    .getComponentsBuilder()
                    .putEnvironments(
                        id,
                        Alternatives.withDependencies(
                            environment, of(id).stream().map(StagedArtifact::reference).toList())));
    return changed.build();
  }
}
