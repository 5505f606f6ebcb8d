package dev.tidemark.portability.job.artifact;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a client for the artifacts of a job, one request at a time: for each environment what its
 * artifacts resolve to, then the bytes of each.
 *
 * <p>There is always at least one request, even where nothing is to be fetched: a stream that the
 * server closes without any message leaves TypeScript's SDK waiting for ever.
 *
 * <p>Not thread-safe.
 */
final class StagingSession implements AutoCloseable {
  private static final int MAX_ARTIFACTS = 10_000;

  /** What to do after a message of the client. */
  sealed interface Step {
    /** Send this. */
    record Ask(ArtifactRequestWrapper request) implements Step {}

    /** Wait for more of the same artifact. */
    record Wait() implements Step {}

    /** Everything is there. */
    record Complete(StagedArtifacts artifacts) implements Step {}
  }

  private record Environment(String id, List<RunnerApi.ArtifactInformation> artifacts) {}

  private final ArtifactFolder folder;
  private final Supplier<String> ids;
  private final Queue<Environment> unresolved = new ArrayDeque<>();
  private final Queue<NamedArtifact> unfetched = new ArrayDeque<>();
  private final Map<String, List<StagedArtifact>> staged = new LinkedHashMap<>();
  private List<StagedArtifact> ofEnvironment = new ArrayList<>();
  private int count;
  private @Nullable IncomingArtifact incoming;

  /**
   * A session that has asked for nothing yet.
   *
   * @param declared what the pipeline asks for
   * @param folder where the files go
   * @param ids gives out ids that nobody can guess
   */
  StagingSession(DeclaredArtifacts declared, ArtifactFolder folder, Supplier<String> ids) {
    this.folder = folder;
    this.ids = ids;
    declared.byEnvironment().forEach((id, list) -> unresolved.add(new Environment(id, list)));
    if (unresolved.isEmpty()) {
      unresolved.add(new Environment("", List.of()));
    }
  }

  /** The first request. */
  ArtifactRequestWrapper start() {
    return resolve(unresolved.element());
  }

  /**
   * Takes a message of the client.
   *
   * @throws ArtifactRefusedException if it makes no sense, or its artifacts cannot be taken
   */
  Step received(ArtifactResponseWrapper message) throws IOException, ArtifactRefusedException {
    return switch (message.getResponseCase()) {
      case RESOLVE_ARTIFACT_RESPONSE ->
          resolved(message.getResolveArtifactResponse().getReplacementsList());
      case GET_ARTIFACT_RESPONSE -> chunk(message);
      default ->
          throw ArtifactRefusedException.invalid("the client sent a message without content");
    };
  }

  private Step resolved(List<RunnerApi.ArtifactInformation> replacements)
      throws IOException, ArtifactRefusedException {
    Environment environment = unresolved.poll();
    if (environment == null || !unfetched.isEmpty()) {
      throw ArtifactRefusedException.invalid("the client resolved what it was not asked for");
    }
    count += replacements.size();
    if (count > MAX_ARTIFACTS) {
      throw ArtifactRefusedException.tooMuch("a job may have " + MAX_ARTIFACTS + " artifacts");
    }
    List<String> problems = new ArrayList<>();
    unfetched.addAll(NamedArtifact.all(environment.id(), replacements, problems));
    if (!problems.isEmpty()) {
      throw ArtifactRefusedException.invalid(String.join("\n", problems));
    }
    ofEnvironment = new ArrayList<>();
    staged.put(environment.id(), ofEnvironment);
    return next();
  }

  private Step chunk(ArtifactResponseWrapper message) throws IOException, ArtifactRefusedException {
    IncomingArtifact file = incoming;
    if (file == null) {
      throw ArtifactRefusedException.invalid("the client sent bytes of no artifact");
    }
    file.write(message.getGetArtifactResponse().getData());
    if (!message.getIsLast()) {
      return new Step.Wait();
    }
    incoming = null;
    keep(unfetched.remove(), file);
    return next();
  }

  private Step next() throws IOException, ArtifactRefusedException {
    while (!unfetched.isEmpty()) {
      NamedArtifact artifact = unfetched.element();
      if (!artifact.information().getTypeUrn().equals(ArtifactUrns.EMBEDDED)) {
        incoming = folder.receive();
        return new Step.Ask(
            ArtifactRequestWrapper.newBuilder()
                .setGetArtifact(GetArtifactRequest.newBuilder().setArtifact(artifact.information()))
                .build());
      }
      unpack(unfetched.remove());
    }
    Environment environment = unresolved.peek();
    return environment == null
        ? new Step.Complete(new StagedArtifacts(staged))
        : new Step.Ask(resolve(environment));
  }

  /** What came with the pipeline need not be asked for, and not every client could answer. */
  private void unpack(NamedArtifact artifact) throws IOException, ArtifactRefusedException {
    try (IncomingArtifact file = folder.receive()) {
      file.write(
          RunnerApi.EmbeddedFilePayload.parseFrom(artifact.information().getTypePayload())
              .getData());
      keep(artifact, file);
    } catch (InvalidProtocolBufferException e) {
      throw ArtifactRefusedException.invalid(
          "artifact " + ArtifactNames.quoted(artifact.name()) + " is embedded, but cannot be read");
    }
  }

  private void keep(NamedArtifact artifact, IncomingArtifact file) throws IOException {
    ArtifactFolder.Content content = file.finish();
    ofEnvironment.add(
        new StagedArtifact(
            ids.get(),
            artifact.name(),
            artifact.information().getRoleUrn(),
            artifact.information().getRolePayload(),
            content.sha256(),
            content.bytes(),
            content.file()));
  }

  private static ArtifactRequestWrapper resolve(Environment environment) {
    return ArtifactRequestWrapper.newBuilder()
        .setResolveArtifact(
            ResolveArtifactsRequest.newBuilder().addAllArtifacts(environment.artifacts()))
        .build();
  }

  /** Drops the artifact that is half there, if any. */
  @Override
  public void close() throws IOException {
    IncomingArtifact half = incoming;
    incoming = null;
    if (half != null) {
      half.close();
    }
  }
}
