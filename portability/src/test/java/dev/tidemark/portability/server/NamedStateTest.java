package dev.tidemark.portability.server;

import static dev.tidemark.portability.job.JobClient.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.directory.StateHome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose clients name their state, from the client to the directory. */
@Timeout(120)
final class NamedStateTest {
  private final Path folder;
  private final StateHome states;
  private RunningServer server;
  private JobClient client;

  NamedStateTest(@TempDir Path folder) {
    this.folder = folder;
    this.states = new StateHome(folder.resolve("states"));
  }

  @BeforeEach
  void start() throws Exception {
    server =
        new RunningServer(
            new HostedJobs(new NoHarnesses(), states, new MemoryBudget(1 << 20)),
            JobLimits.defaults(),
            folder.resolve("artifacts"));
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aJobGoesOnFromItsState() {
    assertThat(run("clicks"))
        .anyMatch(text -> text.contains("keeps its state under the name \"clicks\""));
    assertThat(states.list()).extracting(StateHome.Entry::name).containsExactly("clicks");
    assertThat(run("clicks"))
        .anyMatch(text -> text.contains("goes on from its state \"clicks\" after epoch"));
    assertThat(run("other")).noneMatch(text -> text.contains("goes on from"));
  }

  @Test
  void aJobBeginsWithTheSnapshotOfAnother() {
    run("clicks");
    assertThat(StateCommand.of(states).execute("snapshot", "take", "clicks", "monday")).isZero();
    Map<String, String> options = Map.of("state_name", "more", "from_snapshot", "clicks/monday");
    assertThat(run(options))
        .anyMatch(text -> text.contains("goes on from its state \"more\" after epoch"));
    Map<String, String> unknown = Map.of("state_name", "more", "from_snapshot", "clicks/../..");
    assertThat(failure(() -> prepare(impulse(), unknown)).getDescription())
        .contains("there is no snapshot");
  }

  @Test
  void stateThatAnotherJobUsesIsRefused() {
    try (StateDirectory used = StateDirectory.open(states.directory("clicks"))) {
      assertThat(failure(() -> prepare(impulse(), "clicks")).getDescription())
          .contains("\"clicks\" is in use by another job");
      assertThat(used.hasStore()).isFalse();
    }
    run("clicks");
  }

  /** Both are prepared before one of them runs. */
  @Test
  void theSecondOfTwoAtOnceFails() {
    JobApi.PrepareJobResponse prepared = prepare(impulse(), "clicks");
    try (StateDirectory used = StateDirectory.open(states.directory("clicks"))) {
      String job = client.run(prepared);
      List<JobApi.JobMessagesResponse> messages = client.messages(job);
      assertThat(client.state(job)).isEqualTo(JobState.Enum.FAILED);
      assertThat(texts(messages))
          .anyMatch(text -> text.contains(used.path() + " is in use by another job"));
    }
  }

  @Test
  void whatIsNoNameIsRefused() {
    assertThat(failure(() -> prepare(impulse(), "../clicks")).getDescription())
        .contains("\"../clicks\" is no name");
    assertThat(states.folder()).doesNotExist();
  }

  @Test
  void deadLettersAreKeptWithTheState() {
    run(Map.of("state_name", "clicks", "dead_letters", "true"));
    assertThat(states.directory("clicks").resolve("dead-letters.json")).isEmptyFile();
    assertThat(failure(() -> prepare(impulse(), Map.of("dead_letters", "true"))).getDescription())
        .contains("--deadLetters needs --stateName");
  }

  @Test
  void aTestStreamKeepsNoState() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Events", TestStream.create(ByteArrayCoder.of()).advanceWatermarkToInfinity());
    RunnerApi.Pipeline.Builder proto = PipelineTranslation.toProto(pipeline).toBuilder();
    proto
        .getComponentsBuilder()
        .getTransformsMap()
        .forEach(
            (id, transform) ->
                proto
                    .getComponentsBuilder()
                    .putTransforms(id, transform.toBuilder().clearEnvironmentId().build()));
    assertThat(failure(() -> prepare(proto.build(), "clicks")).getDescription())
        .contains("Events")
        .contains("TestStream");
    assertThat(states.folder()).doesNotExist();
  }

  private static RunnerApi.Pipeline impulse() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Impulse.create());
    return PipelineTranslation.toProto(pipeline);
  }

  private List<String> run(String name) {
    return run(Map.of("state_name", name));
  }

  private List<String> run(Map<String, String> options) {
    String job = client.run(prepare(impulse(), options));
    List<JobApi.JobMessagesResponse> messages = client.messages(job);
    assertThat(client.state(job)).isEqualTo(JobState.Enum.DONE);
    return texts(messages);
  }

  private static List<String> texts(List<JobApi.JobMessagesResponse> messages) {
    return messages.stream().map(each -> each.getMessageResponse().getMessageText()).toList();
  }

  private JobApi.PrepareJobResponse prepare(RunnerApi.Pipeline pipeline, String name) {
    return prepare(pipeline, Map.of("state_name", name));
  }

  private JobApi.PrepareJobResponse prepare(
      RunnerApi.Pipeline pipeline, Map<String, String> options) {
    Struct.Builder given = Struct.newBuilder();
    options.forEach(
        (name, value) ->
            given.putFields(
                "beam:option:" + name + ":v1", Value.newBuilder().setStringValue(value).build()));
    return client
        .jobs()
        .prepare(
            JobApi.PrepareJobRequest.newBuilder()
                .setPipeline(pipeline)
                .setJobName("job")
                .setPipelineOptions(given)
                .build());
  }
}
