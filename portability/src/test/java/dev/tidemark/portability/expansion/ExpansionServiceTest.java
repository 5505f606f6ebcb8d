package dev.tidemark.portability.expansion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.environment.process.ChildVariables;
import dev.tidemark.portability.environment.process.PathingJar;
import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.id.RandomIds;
import dev.tidemark.portability.job.JobClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.expansion.v1.ExpansionApi.DiscoverSchemaTransformRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionResponse;
import org.apache.beam.model.expansion.v1.ExpansionServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.model.pipeline.v1.ExternalTransforms;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service and its process, with Beam's own stubs. */
final class ExpansionServiceTest {
  private static final String SEQUENCE = "beam:external:java:generate_sequence:v1";
  private static final Path BUILT =
      Path.of(System.getProperty("basedir", "."), "..", "expansion", "target");

  private final Path folder;
  private final List<AutoCloseable> opened = new ArrayList<>();

  ExpansionServiceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private JobClient start(List<Path> classPath, Path program, int maxBytes) throws IOException {
    ExpansionService service =
        new ExpansionService(
            new ExpansionSettings(
                classPath,
                program,
                folder.resolve("w"),
                new ChildVariables(System.getenv(), Set.of()),
                256 << 20,
                maxBytes,
                Duration.ofMinutes(2),
                List.of()),
            new RandomIds()::next);
    opened.add(service);
    GrpcServer server =
        GrpcServer.start(
            ServerSettings.loopback().withMaxMessageBytes(maxBytes), service.services());
    opened.add(server);
    JobClient client = new JobClient(server.endpoint());
    opened.add(client);
    return client;
  }

  private JobClient start() throws IOException {
    return start(built().beam(), built().program(), 1 << 20);
  }

  private static ExpansionJars built() throws IOException {
    return ExpansionJars.of(
        BUILT.resolve("classes")
            + System.getProperty("path.separator")
            + Files.readString(BUILT.resolve("expansion.classpath")).strip());
  }

  private static ExpansionServiceGrpc.ExpansionServiceBlockingStub stub(JobClient client) {
    return ExpansionServiceGrpc.newBlockingStub(client.channel())
        .withDeadlineAfter(3, TimeUnit.MINUTES);
  }

  private static RunnerApi.PTransform.Builder sequence(String urn) throws IOException {
    Schema schema = Schema.builder().addInt64Field("start").addInt64Field("stop").build();
    ByteArrayOutputStream row = new ByteArrayOutputStream();
    RowCoder.of(schema).encode(Row.withSchema(schema).addValues(1L, 5L).build(), row);
    return RunnerApi.PTransform.newBuilder()
        .setUniqueName("Numbers")
        .setSpec(
            RunnerApi.FunctionSpec.newBuilder()
                .setUrn(urn)
                .setPayload(
                    ExternalTransforms.ExternalConfigurationPayload.newBuilder()
                        .setSchema(SchemaTranslation.schemaToProto(schema, true))
                        .setPayload(ByteString.copyFrom(row.toByteArray()))
                        .build()
                        .toByteString()));
  }

  private static ExpansionRequest request(RunnerApi.PTransform.Builder transform) {
    return ExpansionRequest.newBuilder().setTransform(transform).setNamespace("ns").build();
  }

  @Test
  void transformsComeWithTheFilesOfTheClassPathAndNoOthers() throws Exception {
    JobClient client = start();
    ExpansionResponse response = stub(client).expand(request(sequence(SEQUENCE)));
    assertThat(response.getError()).isEmpty();
    assertThat(response.getTransform().getUniqueName()).endsWith("Numbers");
    RunnerApi.Environment environment =
        response.getComponents().getEnvironmentsMap().values().iterator().next();
    assertThat(RunnerApi.DockerPayload.parseFrom(environment.getPayload()).getContainerImage())
        .startsWith("apache/beam_java");
    List<Path> jars = built().beam();
    assertThat(environment.getDependenciesList()).hasSameSizeAs(jars);
    RunnerApi.ArtifactInformation first = environment.getDependencies(0);
    assertThat(
            RunnerApi.ArtifactStagingToRolePayload.parseFrom(first.getRolePayload())
                .getStagedName())
        .isEqualTo(jars.get(0).getFileName().toString());
    assertThat(first.getTypePayload().toStringUtf8()).doesNotContain("/");
    assertThat(content(client, first)).isEqualTo(Files.readAllBytes(jars.get(0)));

    for (RunnerApi.ArtifactInformation foreign :
        List.of(
            RunnerApi.ArtifactInformation.newBuilder()
                .setTypeUrn("beam:artifact:type:file:v1")
                .setTypePayload(
                    RunnerApi.ArtifactFilePayload.newBuilder()
                        .setPath(jars.get(0).toString())
                        .build()
                        .toByteString())
                .build(),
            RunnerApi.ArtifactInformation.newBuilder()
                .setTypeUrn("beam:artifact:type:deferred:v1")
                .setTypePayload(
                    RunnerApi.DeferredArtifactPayload.newBuilder()
                        .setKey("tidemark")
                        .setData(ByteString.copyFromUtf8("0".repeat(32)))
                        .build()
                        .toByteString())
                .build())) {
      assertThat(JobClient.failure(() -> content(client, foreign)).getCode())
          .isEqualTo(Status.Code.NOT_FOUND);
    }

    ExpansionResponse again = stub(client).expand(request(sequence(SEQUENCE)));
    assertThat(again.getComponents().getEnvironmentsMap().values()).containsExactly(environment);
  }

  private static byte[] content(JobClient client, RunnerApi.ArtifactInformation artifact) {
    Iterator<ArtifactApi.GetArtifactResponse> chunks =
        ArtifactRetrievalServiceGrpc.newBlockingStub(client.channel())
            .getArtifact(ArtifactApi.GetArtifactRequest.newBuilder().setArtifact(artifact).build());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    chunks.forEachRemaining(chunk -> all.writeBytes(chunk.getData().toByteArray()));
    return all.toByteArray();
  }

  @Test
  void schemaTransformsAreDiscoveredAndWhatIsNotThereIsSaid() throws Exception {
    JobClient client = start();
    assertThat(
            stub(client)
                .discoverSchemaTransform(DiscoverSchemaTransformRequest.getDefaultInstance())
                .getSchemaTransformConfigsMap())
        .containsKey("beam:schematransform:org.apache.beam:generate_sequence:v1");
    assertThat(stub(client).expand(request(sequence("beam:nonsense:v1"))).getError())
        .contains("beam:nonsense:v1");
  }

  @Test
  void whatAClientHasSerializedIsReadInTheProcessOnly() throws Exception {
    Path spied = folder.resolve("spied");
    JobClient client = start(built().beam(), merged(), 1 << 20);
    RunnerApi.Components components =
        RunnerApi.Components.newBuilder()
            .putCoders(
                "coder",
                RunnerApi.Coder.newBuilder()
                    .setSpec(
                        RunnerApi.FunctionSpec.newBuilder()
                            .setUrn("beam:coders:javasdk:0.1")
                            .setPayload(
                                ByteString.copyFrom(
                                    SerializableUtils.serializeToByteArray(new SpyCoder(spied)))))
                    .build())
            .putPcollections(
                "in",
                RunnerApi.PCollection.newBuilder()
                    .setUniqueName("in")
                    .setCoderId("coder")
                    .setWindowingStrategyId("global")
                    .build())
            .build();
    Files.deleteIfExists(spied);
    stub(client)
        .expand(
            request(sequence(SEQUENCE).putInputs("in", "in")).toBuilder()
                .setComponents(components)
                .build());
    assertThat(spied).exists();
    assertThat(Files.readString(spied)).isNotEqualTo(Long.toString(ProcessHandle.current().pid()));
  }

  /** The program, and the classes of this test. */
  private Path merged() throws IOException {
    return PathingJar.write(
        List.of(
            BUILT.resolve("classes"),
            Path.of(System.getProperty("basedir", "."), "target", "test-classes")),
        folder.resolve("program.jar"));
  }

  @Test
  void aProcessThatCannotRunIsExplained() throws Exception {
    JobClient client = start(List.of(), Files.createDirectory(folder.resolve("none")), 1 << 20);
    assertThat(stub(client).expand(request(sequence(SEQUENCE))).getError())
        .contains("ended with status 1")
        .contains("Could not find or load main class");
  }

  @Test
  void aRequestMayBeTooLarge() throws Exception {
    JobClient client = start(List.of(), folder, 1 << 10);
    ExpansionRequest large =
        request(sequence(SEQUENCE)).toBuilder().setNamespace("x".repeat(2000)).build();
    assertThat(JobClient.failure(() -> stub(client).expand(large)).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }
}
