package dev.tidemark.portability.job.artifact;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * An artifact as a client describes it, with the name that it will have.
 *
 * @param information the client's description
 * @param name a name without a {@link ArtifactNames#problem}, which no other of its environment has
 */
record NamedArtifact(RunnerApi.ArtifactInformation information, String name) {

  /**
   * Names the artifacts of an environment. Where one is listed twice, the second is left out.
   *
   * @param environmentId for messages
   * @param artifacts in the client's order, which is kept
   * @param problems takes what is wrong; the artifact in question is left out then
   */
  static List<NamedArtifact> all(
      String environmentId,
      List<RunnerApi.ArtifactInformation> artifacts,
      List<? super String> problems) {
    List<NamedArtifact> named = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    int number = 0;
    for (RunnerApi.ArtifactInformation artifact : new LinkedHashSet<>(artifacts)) {
      String name = name(artifact, number++);
      Optional<String> problem = problem(artifact, name, taken);
      if (problem.isPresent()) {
        problems.add(
            "Artifact %s of environment '%s': %s."
                .formatted(ArtifactNames.quoted(name), environmentId, problem.get()));
      } else {
        named.add(new NamedArtifact(artifact, name));
      }
    }
    return named;
  }

  private static String name(RunnerApi.ArtifactInformation artifact, int number) {
    if (!artifact.getRoleUrn().equals(ArtifactUrns.STAGING_TO)) {
      return "artifact-" + number;
    }
    try {
      return RunnerApi.ArtifactStagingToRolePayload.parseFrom(artifact.getRolePayload())
          .getStagedName();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  private static Optional<String> problem(
      RunnerApi.ArtifactInformation artifact, String name, Set<String> taken) {
    if (!ArtifactUrns.TYPES.contains(artifact.getTypeUrn())) {
      return Optional.of(
          "its type " + ArtifactNames.quoted(artifact.getTypeUrn()) + " is not known");
    }
    Optional<String> problem =
        ArtifactNames.problem(name)
            .map(reason -> "it cannot be staged under this name, as " + reason);
    if (problem.isEmpty() && !taken.add(ArtifactNames.key(name))) {
      return Optional.of("another one has the same name, at least where case does not count");
    }
    return problem;
  }
}
