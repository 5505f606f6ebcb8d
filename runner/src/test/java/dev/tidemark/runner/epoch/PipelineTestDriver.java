package dev.tidemark.runner.epoch;

import dev.tidemark.runner.schedule.LaneScheduler;
import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline epoch by epoch on the caller's thread, under a clock that only the test moves,
 * with lanes in an order that a seed decides.
 *
 * <p>Owned by the test.
 */
public final class PipelineTestDriver implements AutoCloseable {
  private static final int MAX_EPOCHS = 1_000;

  private final ManualClock clock = new ManualClock(0);
  private final JobAssembly assembly;
  private final LaneScheduler lanes;
  private final Committer committer;
  private final EpochDriver driver;
  private boolean ended;

  /**
   * Opens a job.
   *
   * @param pipeline with the options of the run
   * @param seed decides the order of the lanes
   */
  public PipelineTestDriver(Pipeline pipeline, long seed) throws Exception {
    this(pipeline, seed, Long.MAX_VALUE, null);
  }

  /**
   * Opens a job that keeps its state in a store, or goes on from what is in it.
   *
   * @param store null for none that anything could go on from
   */
  public PipelineTestDriver(Pipeline pipeline, long seed, @Nullable StateStore store)
      throws Exception {
    this(pipeline, seed, Long.MAX_VALUE, store);
  }

  /**
   * Opens a job.
   *
   * @param maxEpochElements how many elements an epoch takes of each source and lane at most
   */
  public PipelineTestDriver(
      Pipeline pipeline, long seed, long maxEpochElements, @Nullable StateStore store)
      throws Exception {
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    ClassLoader loader = PipelineTestDriver.class.getClassLoader();
    assembly =
        new JobAssembly(
            PipelineTranslator.translate(
                PipelineTranslation.toProto(
                    pipeline, SdkComponents.create(pipeline.getOptions()), false)),
            pipeline.getOptions(),
            loader,
            new Simulation(seed, maxEpochElements, true, null, clock),
            RunResources.of(store),
            DeadLetters.NONE,
            null);
    lanes = assembly.scheduler("test");
    committer = assembly.committer("test");
    driver = assembly.driver(lanes, committer);
    assembly.open(lanes);
  }

  /** Runs one epoch and waits for its commit; returns whether it was the job's last. */
  public boolean runEpoch() throws Exception {
    ended = driver.runEpoch();
    committer.awaitIdle();
    return ended;
  }

  /** Runs epochs until nothing is due at the time that the clock shows, or the job has ended. */
  public PipelineTestDriver runUntilQuiet() throws Exception {
    int epochs = 0;
    while (!ended && driver.hasWork(clock.millis())) {
      if (++epochs > MAX_EPOCHS) {
        throw new AssertionError("the job does not come to rest");
      }
      runEpoch();
    }
    return this;
  }

  /** Whether an epoch would do anything at the time that the clock shows. */
  public boolean hasWork() {
    return driver.hasWork(clock.millis());
  }

  /** Moves processing time forward; nothing runs yet. */
  public PipelineTestDriver advance(Duration duration) {
    clock.advance(duration.getMillis());
    return this;
  }

  /** Asks for a drain, which begins with the next epoch. */
  public PipelineTestDriver drain() {
    assembly.job().requestDrain();
    return this;
  }

  /** Runs one epoch and does not wait for its commit. */
  public void runEpochUncommitted() throws Exception {
    ended = driver.runEpoch();
  }

  /** Waits for the commits of all epochs. */
  public void awaitCommits() throws Exception {
    committer.awaitIdle();
  }

  /** Throws what a commit failed with. */
  public void failIfFailed() throws Exception {
    Throwable failure = assembly.job().failure();
    if (failure != null) {
      throw new IllegalStateException("the job failed", failure);
    }
  }

  /** The committed value of a counter, over all lanes. */
  public long counter(String transform, MetricName name) {
    return assembly
        .job()
        .metrics()
        .committed()
        .getContainer(transform)
        .getCounter(name)
        .getCumulative();
  }

  /** Whether all watermarks have reached the end of time. */
  public boolean ended() {
    return ended;
  }

  /** The number of the last epoch that was opened, in this run or before it. */
  public long epoch() {
    return driver.epoch();
  }

  /** The lowest output watermark of each node, over all lanes. */
  public Map<NodeId, Instant> watermarks() {
    Map<NodeId, Instant> watermarks = new HashMap<>();
    for (StageExecution stage : assembly.stages()) {
      for (Node node : stage.stage().nodes()) {
        watermarks.put(
            node.id(),
            new Instant(
                stage.lanes().stream()
                    .mapToLong(lane -> lane.view().outputWatermark(node.id()))
                    .min()
                    .orElseThrow()));
      }
    }
    return watermarks;
  }

  /** The lowest output watermark of the nodes of a transform, by the start of its full name. */
  public Instant watermark(String transform) {
    long lowest = Long.MAX_VALUE;
    for (StageExecution stage : assembly.stages()) {
      for (Node node : stage.stage().nodes()) {
        if (node.fullName().startsWith(transform)) {
          for (LaneStage lane : stage.lanes()) {
            lowest = Math.min(lowest, lane.view().outputWatermark(node.id()));
          }
        }
      }
    }
    return new Instant(lowest);
  }

  @Override
  public void close() throws Exception {
    lanes.runAll(
        lane -> {
          for (StageExecution stage : assembly.stages()) {
            stage.lane(lane).close();
          }
        });
    committer.close();
    lanes.close();
  }
}
