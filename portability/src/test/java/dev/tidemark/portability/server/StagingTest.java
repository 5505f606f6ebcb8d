package dev.tidemark.portability.server;

import static dev.tidemark.portability.job.JobClient.failure;
import static dev.tidemark.portability.job.JobClient.pipeline;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.portability.job.ScriptedJobs;
import dev.tidemark.portability.job.artifact.ArtifactRetrieval;
import dev.tidemark.portability.job.artifact.StagedArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Artifacts from the client's stream to the workers' calls. */
final class StagingTest {
  private static final int QUOTA = 3_000_000;

  private final ScriptedJobs jobs = new ScriptedJobs();
  private final Path folder;
  private RunningServer server;
  private JobClient client;

  StagingTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void start() throws Exception {
    server = new RunningServer(jobs, JobLimits.defaults().withArtifacts(QUOTA, false), folder);
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void filesGoFromTheClientToItsWorkersAndToNoOthers() throws Exception {
    byte[] large = new byte[2_500_000];
    Arrays.fill(large, (byte) 7);
    RunnerApi.Pipeline pipeline =
        pipeline(
            environment(artifact("large.jar"), artifact("empty.txt"), embedded("small.txt", "hi")),
            environment());
    JobApi.PrepareJobResponse prepared = client.prepare(pipeline);
    JobClient.Staged staged =
        client.stage(
            prepared.getStagingSessionToken(),
            offering(name -> name.equals("large.jar") ? large : new byte[0]));

    assertThat(staged.status()).isEqualTo(Status.OK);
    // Each environment is resolved, and what is embedded is not asked for.
    assertThat(staged.requests())
        .extracting(request -> request.getRequestCase().toString())
        .containsExactly("RESOLVE_ARTIFACT", "GET_ARTIFACT", "GET_ARTIFACT", "RESOLVE_ARTIFACT");

    client.run(prepared);
    ScriptedJobs.Run run = jobs.next();
    assertThat(run.artifacts.of("environment0"))
        .extracting(StagedArtifact::name)
        .containsExactly("large.jar", "empty.txt", "small.txt");
    List<ArtifactInformation> references =
        run.pipeline.getComponents().getEnvironmentsOrThrow("environment0").getDependenciesList();
    assertThat(references).extracting(ArtifactInformation::getRoleUrn).doesNotContain("");
    try (GrpcServer workers =
        GrpcServer.start(
            ServerSettings.loopback(),
            List.of(
                new ArtifactRetrieval(
                        worker ->
                            worker.equals("mine")
                                ? server.server().registry().artifacts(run.job.jobId())
                                : Optional.empty())
                    .service()))) {
      assertThat(retrieve(workers, "mine", references.get(0))).isEqualTo(large);
      assertThat(retrieve(workers, "mine", references.get(1))).isEmpty();
      assertThat(retrieve(workers, "mine", references.get(2))).isEqualTo("hi".getBytes(UTF_8));
      assertThat(failure(() -> retrieve(workers, "other", references.get(0))).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      ArtifactInformation passwords =
          ArtifactInformation.newBuilder()
              .setTypeUrn("beam:artifact:type:file:v1")
              .setTypePayload(
                  RunnerApi.ArtifactFilePayload.newBuilder()
                      .setPath("/etc/passwd")
                      .build()
                      .toByteString())
              .build();
      assertThat(failure(() -> retrieve(workers, "mine", passwords)).getCode())
          .isEqualTo(Status.Code.NOT_FOUND);
      assertThat(failure(() -> resolve(workers, "mine", passwords)).getCode())
          .isEqualTo(Status.Code.NOT_FOUND);
      assertThat(resolve(workers, "mine", references.get(0))).containsExactly(references.get(0));
    }
    run.listener().ended(new JobEnd.Done());
    assertThat(files()).isEmpty();
  }

  @Test
  void thereIsAlwaysSomethingToAnswer() throws Exception {
    JobApi.PrepareJobResponse prepared = client.prepare(pipeline());
    JobClient.Staged staged =
        client.stage(prepared.getStagingSessionToken(), offering(name -> new byte[0]));
    assertThat(staged.status()).isEqualTo(Status.OK);
    assertThat(staged.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "/etc/passwd",
        "a/b",
        "..\\..\\a",
        "a\0b",
        "a\nb",
        "C:\\a",
        "../../.bashrc"
      })
  void hostileNamesAreRefused(String name) throws Exception {
    Status refused = failure(() -> client.prepare(pipeline(environment(artifact(name)))));
    assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refused.getDescription()).contains("cannot be staged under this name");

    // It may come later as well, when the client resolves what looked harmless.
    JobApi.PrepareJobResponse prepared =
        client.prepare(pipeline(environment(artifact("harmless"))));
    JobClient.Staged staged =
        client.stage(
            prepared.getStagingSessionToken(), request -> List.of(resolved(artifact(name))));
    assertThat(staged.status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    Status notRun = failure(() -> client.run(prepared));
    assertThat(notRun.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(notRun.getDescription()).contains("cannot be staged under this name");
    assertThat(files()).isEmpty();
  }

  @Test
  void longNamesAndSameNamesAndUnknownTypesAreRefused() {
    assertThat(refusal(artifact("ä".repeat(128)))).contains("longer than 255 bytes");
    assertThat(refusal(artifact("A.jar"), named("a.JAR", "elsewhere"))).contains("same name");
    assertThat(refusal(artifact("a").toBuilder().setTypeUrn("beam:artifact:type:x").build()))
        .contains("not known");
    // The same thing twice is no harm.
    client.prepare(pipeline(environment(artifact("a"), artifact("a"))));
  }

  private String refusal(ArtifactInformation... artifacts) {
    return String.valueOf(
        failure(() -> client.prepare(pipeline(environment(artifacts)))).getDescription());
  }

  @Test
  void aJobMayNotHaveMoreThanItsQuota() throws Exception {
    JobApi.PrepareJobResponse prepared =
        client.prepare(pipeline(environment(artifact("one"), artifact("two"))));
    JobClient.Staged staged =
        client.stage(
            prepared.getStagingSessionToken(),
            offering(name -> name.repeat(QUOTA / 3 - 100_000).getBytes(UTF_8)));
    // The first has nearly the quota.
    assertThat(staged.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(staged.requests()).hasSize(3);
    assertThat(failure(() -> client.run(prepared)).getDescription()).contains("3000000 bytes");
  }

  @Test
  void aClientThatHangsUpMayTryAgain() throws Exception {
    JobApi.PrepareJobResponse prepared =
        client.prepare(pipeline(environment(artifact("one"), artifact("two"))));
    String token = prepared.getStagingSessionToken();
    Function<ArtifactRequestWrapper, List<ArtifactResponseWrapper>> offering =
        offering(name -> name.getBytes(UTF_8));
    JobClient.Staged first =
        client.stage(
            token, request -> request.hasGetArtifact() ? List.of() : offering.apply(request));
    assertThat(first.status().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(failure(() -> client.run(prepared)).getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    // The server hears of it a little later than the client; a stream is refused until then.
    JobClient.Staged again = client.stage(token, offering);
    while (again.status().getCode() == Status.Code.INVALID_ARGUMENT) {
      assertThat(again.status().getDescription()).contains("another stream");
      again = client.stage(token, offering);
    }
    assertThat(again.status()).isEqualTo(Status.OK);
    client.run(prepared);
    assertThat(jobs.next().artifacts.of("environment0")).hasSize(2);
  }

  @Test
  void nonsenseEndsTheStream() throws Exception {
    assertThat(client.stage("nonsense", request -> List.of()).status().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    RunnerApi.Pipeline pipeline = pipeline(environment(artifact("one")));
    List<ArtifactResponseWrapper> nonsense =
        List.of(
            ArtifactResponseWrapper.getDefaultInstance(),
            chunk(new byte[1]),
            last(),
            resolved(artifact("one").toBuilder().setTypeUrn("x").build()));
    for (ArtifactResponseWrapper message : nonsense) {
      JobApi.PrepareJobResponse prepared = client.prepare(pipeline);
      assertThat(
              client
                  .stage(prepared.getStagingSessionToken(), request -> List.of(message))
                  .status()
                  .getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  private static byte[] retrieve(GrpcServer workers, String worker, ArtifactInformation wanted) {
    try (JobClient asWorker = asWorker(workers, worker)) {
      Iterator<GetArtifactResponse> chunks =
          ArtifactRetrievalServiceGrpc.newBlockingStub(asWorker.channel())
              .getArtifact(GetArtifactRequest.newBuilder().setArtifact(wanted).build());
      ByteString content = ByteString.EMPTY;
      while (chunks.hasNext()) {
        content = content.concat(chunks.next().getData());
      }
      return content.toByteArray();
    }
  }

  private static List<ArtifactInformation> resolve(
      GrpcServer workers, String worker, ArtifactInformation wanted) {
    try (JobClient asWorker = asWorker(workers, worker)) {
      return ArtifactRetrievalServiceGrpc.newBlockingStub(asWorker.channel())
          .resolveArtifacts(ResolveArtifactsRequest.newBuilder().addArtifacts(wanted).build())
          .getReplacementsList();
    }
  }

  private static JobClient asWorker(GrpcServer workers, String worker) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("worker_id", Metadata.ASCII_STRING_MARSHALLER), worker);
    return new JobClient(workers.endpoint(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Answers as Python's SDK does: chunks, then an empty one that is the last. */
  private static Function<ArtifactRequestWrapper, List<ArtifactResponseWrapper>> offering(
      Function<String, byte[]> content) {
    return request -> {
      if (request.hasResolveArtifact()) {
        return List.of(
            resolved(
                request
                    .getResolveArtifact()
                    .getArtifactsList()
                    .toArray(ArtifactInformation[]::new)));
      }
      List<ArtifactResponseWrapper> answers = new ArrayList<>();
      byte[] bytes = content.apply(stagedName(request.getGetArtifact().getArtifact()));
      for (int i = 0; i < bytes.length; i += 1 << 20) {
        answers.add(chunk(Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + (1 << 20)))));
      }
      answers.add(last());
      return answers;
    };
  }

  private static ArtifactResponseWrapper resolved(ArtifactInformation... artifacts) {
    return ArtifactResponseWrapper.newBuilder()
        .setResolveArtifactResponse(
            ResolveArtifactsResponse.newBuilder().addAllReplacements(List.of(artifacts)))
        .build();
  }

  private static ArtifactResponseWrapper chunk(byte[] bytes) {
    return ArtifactResponseWrapper.newBuilder()
        .setGetArtifactResponse(
            GetArtifactResponse.newBuilder().setData(ByteString.copyFrom(bytes)))
        .build();
  }

  private static ArtifactResponseWrapper last() {
    return chunk(new byte[0]).toBuilder().setIsLast(true).build();
  }

  private static String stagedName(ArtifactInformation artifact) {
    try {
      return RunnerApi.ArtifactStagingToRolePayload.parseFrom(artifact.getRolePayload())
          .getStagedName();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RunnerApi.Environment environment(ArtifactInformation... artifacts) {
    return RunnerApi.Environment.newBuilder()
        .setUrn("beam:env:external:v1")
        .addAllDependencies(List.of(artifacts))
        .build();
  }

  private static ArtifactInformation artifact(String stagedName) {
    return named(stagedName, "/home/somebody/" + stagedName);
  }

  private static ArtifactInformation named(String stagedName, String path) {
    return ArtifactInformation.newBuilder()
        .setTypeUrn("beam:artifact:type:file:v1")
        .setTypePayload(
            RunnerApi.ArtifactFilePayload.newBuilder().setPath(path).build().toByteString())
        .setRoleUrn("beam:artifact:role:staging_to:v1")
        .setRolePayload(
            RunnerApi.ArtifactStagingToRolePayload.newBuilder()
                .setStagedName(stagedName)
                .build()
                .toByteString())
        .build();
  }

  private static ArtifactInformation embedded(String stagedName, String content) {
    return artifact(stagedName).toBuilder()
        .setTypeUrn("beam:artifact:type:embedded:v1")
        .setTypePayload(
            RunnerApi.EmbeddedFilePayload.newBuilder()
                .setData(ByteString.copyFromUtf8(content))
                .build()
                .toByteString())
        .build();
  }
}
