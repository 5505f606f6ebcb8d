package dev.tidemark.runner.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.state.directory.StateHome;
import dev.tidemark.translation.PipelineTranslator;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An unbounded job that was told nothing about its state loses nothing in a crash. */
@Timeout(60)
class FreshStateTest {
  private static volatile CountDownLatch committed = new CountDownLatch(1);
  private static volatile long first = -1;
  private static volatile boolean failing;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Path folder;
  private final StateHome home;

  FreshStateTest(@TempDir Path folder) {
    this.folder = folder;
    this.home = new StateHome(folder.resolve("data").resolve("jobs"));
  }

  @BeforeEach
  void forget() {
    committed = new CountDownLatch(1);
    first = -1;
    failing = false;
  }

  /** Tells the first number that it gets, and when a bundle is committed; fails on demand. */
  private static final class Watch extends DoFn<Long, Void> {
    @ProcessElement
    public void process(@Element Long number, BundleFinalizer finalizer) {
      if (failing) {
        throw new IllegalStateException("on demand");
      }
      first = first < 0 ? number : first;
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardMinutes(5)), committed::countDown);
    }
  }

  private static Pipeline numbers(String... arguments) {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
    watch(pipeline);
    return pipeline;
  }

  private static void watch(Pipeline pipeline) {
    // One lane, one split: the numbers come in their order.
    TidemarkOptions options = pipeline.getOptions().as(TidemarkOptions.class);
    options.setLanes(1);
    options.setUnboundedSplits(1);
    options.setJobRetries(0);
    options.setJobName("clicks");
    pipeline
        .apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply(ParDo.of(new Watch()));
  }

  private TidemarkPipelineResult start(Pipeline pipeline) {
    return new TidemarkRunner(
            pipeline.getOptions(),
            PipelineTranslator::translate,
            (graph, given, userClasses, store) ->
                EmbeddedExecution.create(
                    graph, given, userClasses, Simulation.NONE, RunResources.of(store)),
            new FreshState(home, new PrintStream(said, true, UTF_8)))
        .run(pipeline);
  }

  private TidemarkPipelineResult startAndCommit(Pipeline pipeline) throws InterruptedException {
    TidemarkPipelineResult result = start(pipeline);
    assertThat(committed.await(50, TimeUnit.SECONDS)).isTrue();
    return result;
  }

  private List<String> directories() {
    return home.list().stream().map(StateHome.Entry::name).toList();
  }

  private String said() {
    return said.toString(UTF_8);
  }

  /** The process is told to end: nobody has given the job up. */
  private static void leave(TidemarkPipelineResult result) {
    result.execution().leave();
    assertThat(result.waitUntilFinish()).isEqualTo(PipelineResult.State.CANCELLED);
  }

  @Test
  void itIsPrivateAndSaidAtTheStart() throws Exception {
    TidemarkPipelineResult result = startAndCommit(numbers());
    Path directory = home.folder().resolve("job-clicks");
    assertThat(said())
        .isEqualTo(
            "The state of job clicks is kept until it is done. After a crash go on with --stateDir="
                + directory
                + " (--stateDir=none keeps it in memory)"
                + System.lineSeparator());
    assertThat(Files.getPosixFilePermissions(directory))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    result.cancel();
  }

  @Test
  void aJobThatIsOverLeavesNothing() throws Exception {
    TidemarkPipelineResult drained = startAndCommit(numbers());
    drained.drain();
    assertThat(drained.waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(directories()).isEmpty();
    committed = new CountDownLatch(1);
    assertThat(startAndCommit(numbers()).cancel()).isEqualTo(PipelineResult.State.CANCELLED);
    assertThat(directories()).isEmpty();
  }

  @Test
  void aJobWhoseProcessEndsCanGoOnButOnlyIfAsked() throws Exception {
    leave(startAndCommit(numbers()));
    assertThat(directories()).containsExactly("job-clicks");
    forget();
    leave(startAndCommit(numbers()));
    assertThat(first).as("nothing is resumed unasked").isZero();
    assertThat(directories()).containsExactlyInAnyOrder("job-clicks", "job-clicks-2");
    assertThat(said()).contains("; state of 1 other job is there, since 20");
    forget();
    leave(startAndCommit(numbers("--stateDir=" + home.folder().resolve("job-clicks"))));
    assertThat(first).isPositive();
    assertThat(directories()).contains("job-clicks");
  }

  @Test
  void aJobThatFailsCanGoOn() throws Exception {
    TidemarkPipelineResult result = startAndCommit(numbers());
    failing = true;
    assertThatThrownBy(result::waitUntilFinish).hasMessageContaining("on demand");
    assertThat(directories()).containsExactly("job-clicks");
  }

  @Test
  void aJobThatCannotStartLeavesNothing() {
    Pipeline pipeline = numbers();
    TidemarkRunner runner =
        new TidemarkRunner(
            pipeline.getOptions(),
            PipelineTranslator::translate,
            (graph, given, userClasses, store) -> {
              throw new IllegalArgumentException("no such thing");
            },
            new FreshState(home, new PrintStream(said, true, UTF_8)));
    assertThatThrownBy(() -> runner.run(pipeline)).hasMessageContaining("no such thing");
    assertThat(directories()).isEmpty();
  }

  @Test
  void itCanBeSwitchedOff() throws Exception {
    startAndCommit(numbers("--stateDir=none")).cancel();
    assertThat(said()).isEmpty();
    assertThat(home.folder()).doesNotExist();
    assertThatThrownBy(() -> start(numbers("--stateDir=none", "--allowDroppedState")))
        .isInstanceOf(InvalidOptionException.class);
  }

  @Test
  void batchJobsAndTestsHaveNone() throws Exception {
    Pipeline batch = Pipeline.create();
    batch.apply(GenerateSequence.from(0).to(3)).apply(ParDo.of(new Watch()));
    start(batch).waitUntilFinish();
    TestPipeline test = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    watch(test);
    startAndCommit(test).cancel();
    assertThat(said()).isEmpty();
    assertThat(home.folder()).doesNotExist();
  }

  @Test
  void whatCannotBeKeptGoesOnInMemory() {
    Pipeline pipeline = Pipeline.create();
    pipeline.getOptions().setJobName("events");
    pipeline.apply(
        "Events",
        TestStream.create(StringUtf8Coder.of()).addElements("a").advanceWatermarkToInfinity());
    assertThat(start(pipeline).waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(said())
        .startsWith(
            "The state of job events is in memory, and lost with the process: the job cannot keep"
                + " its state because of the transforms Events");
    assertThat(said().lines()).hasSize(1);
    assertThat(home.folder()).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoReasonToFail() throws Exception {
    Files.writeString(folder.resolve("data"), "a file where the folder would be");
    startAndCommit(numbers()).cancel();
    assertThat(said())
        .startsWith("The state of job clicks is in memory, and lost with the process: no directory")
        .contains(home.folder().toString());
  }

  /** Runs a job in a process of its own until it has committed something, and kills that. */
  private List<Long> killed(List<String> lines, String... arguments) throws IOException {
    ProcessBuilder program = ChildJvm.of(CountingJob.class, arguments);
    program.environment().put("XDG_DATA_HOME", folder.toString());
    Process process = program.start();
    List<Long> numbers = new ArrayList<>();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      while (numbers.size() < 3) {
        String line = output.readLine();
        assertThat(line).as("what comes after %s", lines).isNotNull();
        lines.add(line);
        if (line.matches("\\d+")) {
          numbers.add(Long.parseLong(line));
        }
      }
    } finally {
      process.destroyForcibly().onExit().join();
    }
    return numbers;
  }

  @Test
  @Timeout(180)
  void aProcessThatIsKilledLosesNothing() throws IOException {
    List<String> lines = new ArrayList<>();
    List<Long> before = killed(lines, "--runner=TidemarkRunner", "--lanes=2");
    Matcher said = Pattern.compile("--stateDir=/\\S+").matcher(String.join("\n", lines));
    assertThat(said.find()).isTrue();
    // The job itself fails if a number is missing, or comes twice.
    List<Long> after = killed(lines, "--runner=TidemarkRunner", "--lanes=1", said.group());
    assertThat(after.get(0)).isGreaterThan(before.get(2));
  }

  @Test
  void theStateOfAJobThatWasGivenADirectoryStays() throws IOException, InterruptedException {
    Path given = folder.resolve("given");
    TidemarkPipelineResult result = startAndCommit(numbers("--stateDir=" + given));
    result.drain();
    result.waitUntilFinish();
    assertThat(given.resolve("store")).isDirectory();
    assertThat(said()).isEmpty();
  }
}
