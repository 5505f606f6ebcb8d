package dev.tidemark.portability.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.environment.launch.HarnessJars;
import dev.tidemark.portability.environment.launch.JobJvms;
import dev.tidemark.portability.environment.launch.LaunchSettings;
import dev.tidemark.portability.environment.launch.Launchers;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.job.JobFailedException;
import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.job.TidemarkPipelineResult;
import dev.tidemark.runner.job.TidemarkRunner;
import dev.tidemark.runner.job.remote.RemoteEnvironment;
import dev.tidemark.runner.job.remote.RemoteExecution;
import dev.tidemark.runner.job.remote.RemoteJobException;
import dev.tidemark.runner.job.remote.RemoteOptions;
import dev.tidemark.runner.state.directory.StateHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java jobs that {@code --jobEndpoint} sends to a server, which runs them in JVMs of their own. */
final class JavaJobsTest {
  private static final String TOKEN = "a-token-of-the-operator";

  private final Path folder;
  private SdkHarnesses harnesses;
  private RunningServer server;

  JavaJobsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("token"), TOKEN + "\n");
    LaunchSettings settings =
        LaunchSettings.standard(
            folder.resolve("workers"),
            folder.resolve("cache"),
            HarnessJars.in(Path.of(System.getProperty("basedir", "."), "target", "harness")),
            true);
    harnesses =
        SdkHarnesses.start(
            Launchers.of(settings),
            new WorkerListeners.Settings(ServerSettings.loopback(), folder));
    StateHome states = new StateHome(folder.resolve("states"));
    server =
        new RunningServer(
            new JvmJobs(
                new JobJvms(settings),
                harnesses,
                states,
                new HostedJobs(harnesses, states, new MemoryBudget(1 << 28))),
            JobLimits.defaults(),
            folder.resolve("artifacts"),
            ServerSettings.loopback()
                .withToken(TOKEN)
                .withPatience(java.time.Duration.ofMillis(100)));
  }

  @AfterEach
  void stop() {
    server.close();
    harnesses.close();
  }

  @Test
  void aJobRunsInAJvmOfItsOwn() throws Exception {
    Pipeline pipeline = Pipeline.create(options());
    pipeline
        .apply(Create.of("a", "b", "a"))
        .apply(Count.perElement())
        .apply("Process ids", ParDo.of(new JobFunctions.CountProcesses()));
    TidemarkPipelineResult result = run(pipeline);
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
    List<MetricResult<Long>> counters = counters(result);
    assertThat(counters)
        .allSatisfy(
            counter -> {
              assertThat(counter.getKey().stepName()).contains("Process ids");
              assertThat(counter.getCommitted()).isEqualTo(2);
              assertThat(counter.getAttempted()).isEqualTo(2);
            })
        .extracting(counter -> counter.getName().getName())
        .hasSize(1)
        .doesNotContain(Long.toString(ProcessHandle.current().pid()));
    assertThat(folder.resolve("workers")).isEmptyDirectory();
  }

  @Test
  void aFunctionThatFailsIsNamedWithItsTrace() {
    Pipeline pipeline = Pipeline.create(options());
    pipeline.apply(Impulse.create()).apply("Bad", ParDo.of(new JobFunctions.Failing()));
    TidemarkPipelineResult result = run(pipeline);
    assertThatThrownBy(result::waitUntilFinish)
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("Transform Bad")
        .hasMessageContaining(JobFunctions.Failing.REASON)
        .hasMessageContaining("JobFunctions$Failing.process");
  }

  @Test
  void aJvmThatDiesFailsItsJobWithItsLastWords() {
    Pipeline pipeline = Pipeline.create(options());
    pipeline.apply(Impulse.create()).apply(ParDo.of(new JobFunctions.Dying()));
    TidemarkPipelineResult result = run(pipeline);
    assertThatThrownBy(result::waitUntilFinish)
        .hasMessageContaining("status " + JobFunctions.Dying.STATUS)
        .hasMessageContaining(JobFunctions.Dying.LAST_WORDS);
  }

  @Test
  void anEndlessJobIsCancelledOrDrained() throws Exception {
    TidemarkPipelineResult cancelled = run(endless());
    cancelled.cancel();
    assertThat(cancelled.waitUntilFinish()).isEqualTo(State.CANCELLED);
    TidemarkPipelineResult drained = run(endless());
    drained.drain();
    assertThat(drained.waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(folder.resolve("workers")).isEmptyDirectory();
  }

  @Test
  void aJobThatNamesItsStateGoesOnWhenItsJvmWasKilled() throws Exception {
    Path committed = folder.resolve("committed");
    TidemarkPipelineResult first = run(counting(committed, "counts"));
    List<Long> before = awaitMore(committed, 0);
    assertThatThrownBy(() -> run(counting(committed, "counts")))
        .isInstanceOf(RemoteJobException.class)
        .hasMessageContaining("\"counts\" is in use by another job");
    ProcessHandle.current()
        .descendants()
        .filter(each -> each.info().command().orElse("").endsWith("java"))
        .forEach(ProcessHandle::destroyForcibly);
    assertThatThrownBy(first::waitUntilFinish).isInstanceOf(JobFailedException.class);
    TidemarkPipelineResult second = run(counting(committed, "counts"));
    List<Long> after = awaitMore(committed, before.size());
    assertThat(after).startsWith(before.toArray(Long[]::new)).isSorted().doesNotHaveDuplicates();
    second.cancel();
    assertThat(second.waitUntilFinish()).isEqualTo(State.CANCELLED);
  }

  @Test
  void whatItCannotProcessIsSetAsideInTheOperatorsFolder() throws Exception {
    TidemarkOptions options = options().as(TidemarkOptions.class);
    options.setStreaming(true);
    options.setStateName("letters");
    options.setDeadLetters(true);
    options.setDeadLetterAfter(2);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Impulse.create()).apply("Bad", ParDo.of(new JobFunctions.Failing()));
    assertThat(run(pipeline).waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(folder.resolve("states").resolve("letters").resolve("dead-letters.json"))
        .content()
        .contains("\"transform\":\"Bad", "\"tries\":2", JobFunctions.Failing.REASON);
  }

  private Pipeline counting(Path committed, String stateName) {
    TidemarkOptions options = options().as(TidemarkOptions.class);
    options.setStateName(stateName);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, Duration.millis(10)))
        .apply(
            WithKeys.<Integer, Long>of(number -> (int) (number % JobFunctions.Next.KEYS))
                .withKeyType(TypeDescriptors.integers()))
        .apply(ParDo.of(new JobFunctions.Next(committed.toString())));
    return pipeline;
  }

  /** Polls, as what another process writes comes when it comes. */
  private static List<Long> awaitMore(Path file, int than) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < deadline) {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      if (lines.size() > than) {
        return lines.stream().map(Long::valueOf).toList();
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("nothing more is committed");
  }

  @Test
  void whoHasNoTokenIsRefused() {
    RemoteOptions options = options();
    options.setJobServerTokenFile(null);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Impulse.create());
    assertThatThrownBy(() -> run(pipeline))
        .isInstanceOf(RemoteJobException.class)
        .hasMessageContaining("--jobServerTokenFile");
  }

  /** Also not where a harness runs its functions, as for a job of another language. */
  @Test
  void nothingThatAClientHasSerializedIsReadInTheServer() throws Exception {
    RunnerApi.Environment own = RemoteEnvironment.of(options());
    RunnerApi.Environment plain = own.toBuilder().clearCapabilities().build();
    for (RunnerApi.Environment environment : List.of(own, plain)) {
      Path readers = Files.createTempDirectory(folder, "readers");
      Pipeline pipeline = Pipeline.create();
      pipeline.apply(Impulse.create()).apply(ParDo.of(new JobFunctions.Trap(readers.toString())));
      SdkComponents components = SdkComponents.create();
      components.registerEnvironment(environment);
      RunnerApi.Pipeline proto = PipelineTranslation.toProto(pipeline, components, false);
      try (Stream<Path> files = Files.list(readers)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      RemoteExecution job = RemoteExecution.create(proto, options());
      job.start();
      assertThat(job.ended().get(5, TimeUnit.MINUTES)).isInstanceOf(Execution.End.Done.class);
      assertThat(readers.toFile().list())
          .isNotEmpty()
          .doesNotContain(Long.toString(ProcessHandle.current().pid()));
    }
  }

  /** Its data, its state and what it logs too: at that address nothing else is understood. */
  @Test
  void aJavaHarnessSpeaksTls() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", 1), KV.of("a", 2), KV.of("b", 3)))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new JobFunctions.Address(folder.toString())));
    SdkComponents components = SdkComponents.create();
    components.registerEnvironment(
        RemoteEnvironment.of(options()).toBuilder().clearCapabilities().build());
    RemoteExecution job =
        RemoteExecution.create(PipelineTranslation.toProto(pipeline, components, false), options());
    job.start();
    assertThat(job.ended().get(5, TimeUnit.MINUTES)).isInstanceOf(Execution.End.Done.class);
    assertThat(folder.resolve("address"))
        .content()
        .contains(harnesses.addresses().of(true).control())
        .doesNotContain(harnesses.addresses().of(false).control());
  }

  private Pipeline endless() {
    Pipeline pipeline = Pipeline.create(options());
    pipeline.apply(GenerateSequence.from(0));
    return pipeline;
  }

  private TidemarkPipelineResult run(Pipeline pipeline) {
    return TidemarkRunner.fromOptions(pipeline.getOptions()).run(pipeline);
  }

  private RemoteOptions options() {
    RemoteOptions options = PipelineOptionsFactory.create().as(RemoteOptions.class);
    options.setRunner(TidemarkRunner.class);
    options.setJobEndpoint(server.server().endpoint());
    options.setJobServerTokenFile(folder.resolve("token").toString());
    return options;
  }

  private static List<MetricResult<Long>> counters(TidemarkPipelineResult result) {
    MetricsFilter own =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.inNamespace(JobFunctions.class))
            .build();
    return StreamSupport.stream(
            result.metrics().queryMetrics(own).getCounters().spliterator(), false)
        .toList();
  }
}
