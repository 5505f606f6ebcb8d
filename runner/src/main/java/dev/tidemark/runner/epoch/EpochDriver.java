package dev.tidemark.runner.epoch;

import dev.tidemark.runner.schedule.LaneScheduler;
import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.source.TestStreamController;
import dev.tidemark.runner.stage.NodeProgress;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.state.EpochOverlay;
import dev.tidemark.runner.state.StateChanges;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The life of a job, epoch by epoch: open, take and run in one topological sweep, seal, commit. The
 * only writer of the epoch number and of what stages publish.
 *
 * <p>Runs on the driver's thread.
 */
final class EpochDriver {
  private static final long MAX_SLEEP_MILLIS = 1_000;

  /** A TestStream of the job, with the clock that it moves. */
  record Manual(TestStreamController testStreams, ManualClock clock) {}

  private final JobContext job;
  private final List<StageExecution> stages;
  private final JobState state;
  private final LaneScheduler lanes;
  private final Committer committer;
  private final SideInputExpiry sideInputExpiry;
  private final EpochPacer pacer;
  private final @Nullable Adversary adversary;
  private final @Nullable Manual manual;
  private volatile long epoch;
  private long takenBefore;

  EpochDriver(
      JobContext job,
      List<StageExecution> stages,
      JobState state,
      LaneScheduler lanes,
      Committer committer,
      EpochPacer pacer,
      @Nullable Adversary adversary,
      @Nullable Manual manual) {
    this.job = job;
    this.stages = stages;
    this.state = state;
    this.lanes = lanes;
    this.committer = committer;
    this.sideInputExpiry = new SideInputExpiry(job, stages);
    this.pacer = pacer;
    this.adversary = adversary;
    this.manual = manual;
    this.epoch = state.firstEpoch() - 1;
  }

  /** The number of the last epoch opened. From any thread. */
  long epoch() {
    return epoch;
  }

  /**
   * Runs epochs until all watermarks have reached the end of time, or the job is cancelled.
   *
   * @throws Exception what ended the job
   */
  void run() throws Exception {
    while (!job.cancelled()) {
      long opened = System.nanoTime();
      if (runEpoch()) {
        return;
      }
      if (manual == null && job.policy().processingTime()) {
        awaitTickAfter(job.clock().millis());
      }
      awaitWork(opened);
    }
  }

  /**
   * Runs one epoch.
   *
   * @return whether it was the last one: all watermarks have reached the end of time
   * @throws Exception what ended the job
   */
  boolean runEpoch() throws Exception {
    epoch++;
    job.openEpoch();
    if (job.drainPending()) {
      beginDrain();
    }
    sweep();
    job.setAwaitedWatermark(awaitedWatermark());
    seal();
    checkFailure();
    if (finished()) {
      committer.awaitIdle();
      checkFailure();
      return true;
    }
    if (adversary != null && adversary.restores()) {
      restore();
    }
    return false;
  }

  /** Drops what the lanes have of the state and reads it from the store again. */
  private void restore() throws Exception {
    committer.awaitIdle();
    checkFailure();
    long next = epoch + 1;
    lanes.runAll(
        lane -> {
          for (StageExecution stage : stages) {
            stage.lane(lane).restore(next);
          }
        });
  }

  /** A drain begins between epochs, so that all of one epoch sees the same. */
  private void beginDrain() {
    job.beginDrain();
    stages.forEach(StageExecution::drainSources);
  }

  private void checkFailure() throws Exception {
    Throwable failure = job.failure();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (Exception) failure;
    }
  }

  /** Gives every stage that has work its round, upstream first. */
  private void sweep() throws Exception {
    EpochBudget budget = pacer.budget(job.policy().streaming());
    for (StageExecution stage : stages) {
      if (!stage.hasWork(job.epochProcessingTime())) {
        continue;
      }
      stage.beginRound();
      lanes.runAll(lane -> stage.lane(lane).run(budget));
      stage.publish();
    }
  }

  private void seal() throws Exception {
    long start = System.nanoTime();
    if (state.isKept()) {
      stages.forEach(StageExecution::checkDrained);
    }
    List<LaneSeal> seals = new ArrayList<>();
    for (int lane = 0; lane < job.lanes(); lane++) {
      seals.add(new LaneSeal());
    }
    long sealing = epoch;
    lanes.runAll(
        lane -> {
          for (StageExecution stage : stages) {
            stage.lane(lane).seal(sealing, seals.get(lane));
          }
        });
    sideInputExpiry.run();
    LaneSeal all = LaneSeal.union(seals);
    JobMetrics.Sealed metrics = job.metrics().seal();
    List<StateChanges> ofJob =
        state.seal(
            job.draining(), this::progress, () -> job.metrics().stored(metrics.changedSteps()));
    committer.submit(
        new SealedEpoch(
            new SealedState(sealing, all.state(), ofJob),
            all.sourceMarks(),
            all.bundleFinalizers(),
            metrics.commit()));
    noteChanges(all);
    pacer.noteCost(System.nanoTime() - start);
  }

  private void noteChanges(LaneSeal sealed) {
    long taken = 0;
    for (StageExecution stage : stages) {
      taken += stage.sourceElements();
    }
    pacer.noteChanges(
        taken - takenBefore, sealed.state().stream().mapToLong(EpochOverlay::bytes).sum());
    takenBefore = taken;
  }

  private Map<NodeId, List<NodeProgress>> progress() {
    Map<NodeId, List<NodeProgress>> progress = new HashMap<>();
    stages.forEach(stage -> stage.addProgress(progress));
    return progress;
  }

  private boolean finished() {
    for (StageExecution stage : stages) {
      if (stage.lowestWatermark() < Timestamps.MAX) {
        return false;
      }
    }
    return true;
  }

  /** Whether an epoch that opened at {@code processingTime} would do anything. */
  boolean hasWork(long processingTime) {
    if (job.drainPending()) {
      return true;
    }
    for (StageExecution stage : stages) {
      if (stage.hasWork(processingTime)) {
        return true;
      }
    }
    return false;
  }

  private long nextWakeUp() {
    long next = Long.MAX_VALUE;
    for (StageExecution stage : stages) {
      next = Math.min(next, stage.nextWakeUp());
    }
    return next;
  }

  private long awaitedWatermark() {
    long awaited = Long.MAX_VALUE;
    for (StageExecution stage : stages) {
      awaited = Math.min(awaited, stage.awaitedWatermark());
    }
    return awaited;
  }

  /** Returns when the next epoch should open. */
  private void awaitWork(long openedNanos) throws InterruptedException {
    if (manual != null) {
      if (!hasWork(manual.clock().millis())) {
        committer.awaitIdle();
        // A commit may have been what some node waited for.
        if (!hasWork(manual.clock().millis())) {
          awaitManual(manual);
        }
      }
      return;
    }
    if (job.policy().streaming() && adversary == null) {
      pace(openedNanos);
    }
    while (!job.cancelled() && job.failure() == null && !hasWork(job.clock().millis())) {
      job.wakeUp().sleep(Math.min(nextWakeUp() - job.clock().millis(), MAX_SLEEP_MILLIS));
    }
  }

  /**
   * What an epoch set for its own time is due in the next one, and so comes before its elements. A
   * clock that is set back is not waited for: that may take hours.
   */
  private void awaitTickAfter(long millis) throws InterruptedException {
    while (job.clock().millis() == millis) {
      Thread.sleep(1);
    }
  }

  /** Lets a streaming epoch last its time, so that it gathers what arrives meanwhile. */
  private void pace(long openedNanos) throws InterruptedException {
    long left = pacer.leastNanos() - (System.nanoTime() - openedNanos);
    if (left > 0) {
      Thread.sleep(left / 1_000_000L, (int) (left % 1_000_000L));
    }
  }

  /** The job is quiescent: lets the next event of the test streams happen, or time go on. */
  private void awaitManual(Manual test) throws InterruptedException {
    if (test.testStreams().step()) {
      return;
    }
    // The streams are over; what is still pending in processing time is all there is to wait for.
    long next = nextWakeUp();
    long now = test.clock().millis();
    if (next != Long.MAX_VALUE && next > now) {
      test.clock().advance(next - now);
      return;
    }
    job.wakeUp().sleep(MAX_SLEEP_MILLIS);
  }
}
