package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.Snapshots;
import dev.tidemark.runner.state.directory.StateDirectory;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can be done to a job with a state directory while it runs. */
@Timeout(60)
class RunningDurableJobTest {
  private static final AtomicLong FIRST = new AtomicLong(-1);
  private static final AtomicLong COMMITTED = new AtomicLong(-1);
  private static volatile CountDownLatch committed = new CountDownLatch(1);

  private final Path folder;

  RunningDurableJobTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void forget() {
    FIRST.set(-1);
    COMMITTED.set(-1);
    committed = new CountDownLatch(1);
  }

  /** Tells the first number of a run, and the last that is committed. */
  private static final class Watch extends DoFn<Long, Void> {
    @ProcessElement
    public void process(@Element Long number, BundleFinalizer finalizer) {
      FIRST.compareAndSet(-1, number);
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardMinutes(5)),
          () -> {
            COMMITTED.set(number);
            committed.countDown();
          });
    }
  }

  private TidemarkPipelineResult start(String... arguments) {
    TidemarkOptions options = PipelineOptionsFactory.fromArgs(arguments).as(TidemarkOptions.class);
    options.setRunner(TidemarkRunner.class);
    // One lane, one split: the numbers come in their order.
    options.setLanes(1);
    options.setUnboundedSplits(1);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply("Watch", ParDo.of(new Watch()));
    return (TidemarkPipelineResult) pipeline.run();
  }

  private TidemarkPipelineResult startAndCommit(String... arguments) throws InterruptedException {
    forget();
    TidemarkPipelineResult result = start(arguments);
    assertThat(committed.await(50, TimeUnit.SECONDS)).isTrue();
    return result;
  }

  private static Path ask(Path directory, String name) throws InterruptedException {
    return StateDirectory.snapshotRequests(directory)
        .ask(name, 50_000, System::currentTimeMillis, () -> Thread.sleep(1));
  }

  @Test
  void othersTakeListAndRemoveItsSnapshots() throws Exception {
    Path directory = folder.resolve("state");
    TidemarkPipelineResult result = startAndCommit("--stateDir=" + directory);
    long before = COMMITTED.get();
    Path snapshot = ask(directory, "monday");
    long after = COMMITTED.get();
    assertThat(snapshot).isEqualTo(directory.resolve("snapshots").resolve("monday"));
    assertThatThrownBy(() -> ask(directory, "monday"))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("the job takes no snapshot: there is a snapshot");
    assertThatThrownBy(() -> ask(directory, "../elsewhere")).hasMessageContaining("is no name");
    ask(directory, "tuesday");
    Snapshots snapshots = StateDirectory.snapshots(directory);
    assertThat(snapshots.list())
        .extracting(Snapshots.Snapshot::name)
        .containsExactly("monday", "tuesday");
    snapshots.remove("tuesday");
    assertThat(snapshots.list()).hasSize(1);
    result.cancel();

    TidemarkPipelineResult copy =
        startAndCommit("--stateDir=" + folder.resolve("copy"), "--fromSnapshot=" + snapshot);
    assertThat(FIRST.get()).isGreaterThan(before);
    assertThat(after).isGreaterThanOrEqualTo(before);
    copy.cancel();
  }

  @Test
  void aCancelledJobGoesOnWhereItWas() throws Exception {
    String directory = "--stateDir=" + folder.resolve("state");
    assertThat(startAndCommit(directory).cancel()).isEqualTo(PipelineResult.State.CANCELLED);
    long last = COMMITTED.get();
    TidemarkPipelineResult again = startAndCommit(directory);
    assertThat(FIRST.get()).isGreaterThan(last);
    again.cancel();
  }

  @Test
  void aDrainedJobIsOver() throws Exception {
    String directory = "--stateDir=" + folder.resolve("state");
    TidemarkPipelineResult result = startAndCommit(directory);
    result.drain();
    assertThat(result.waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    forget();
    assertThat(start(directory).waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(FIRST).as("nothing is read again").hasValue(-1);
  }
}
