package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.Turns;
import dev.tidemark.portability.worker.WorkerLostException;
import dev.tidemark.runner.exchange.SpillSpace;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * A bundle in an SDK harness, tried again on another worker when one is lost. Nothing takes effect
 * in here.
 *
 * <p>Owned by the lane.
 */
final class HarnessBundle {
  private final Surroundings surroundings;
  private final BundleInput input;
  private @Nullable BundleAttempt attempt;
  private boolean hasTurn;
  private boolean whole;
  private int lost;

  /**
   * What the bundles of a node have in common.
   *
   * @param workers of the job
   * @param environmentId whose functions run
   * @param turns for which a whole bundle waits before it is sent
   * @param lane the number of the lane
   * @param plan what runs
   * @param protocols that the workers speak
   * @param tokens for the worker's caches
   * @param state answers the state requests of one try, which holds these iterables
   * @param checkpoint cuts one try short; gives null to let it run
   * @param watch how tries are watched
   * @param samples shows what a function has failed on
   * @param progress shows what a try has counted so far
   * @param space where inputs and outputs are kept
   * @param alarm is called, by any thread, when a worker has said something that should not wait
   * @param settings limits
   */
  record Surroundings(
      SdkWorkers workers,
      String environmentId,
      Turns turns,
      int lane,
      HarnessPlan plan,
      Protocols protocols,
      CacheTokens tokens,
      Function<LargeIterables, BundleState> state,
      Supplier<@Nullable Checkpoint> checkpoint,
      BundleWatch.Rules watch,
      FailureSamples samples,
      ProgressView progress,
      SpillSpace space,
      Runnable alarm,
      HarnessSettings settings) {}

  /** Starts nothing before there is something to send. */
  HarnessBundle(Surroundings surroundings, WireCoding coding) {
    this.surroundings = surroundings;
    this.input = new BundleInput(coding, surroundings.settings(), surroundings.space());
  }

  /** Adds an element. */
  void add(WindowedValue<?> element) throws IOException, InterruptedException {
    if (input.add(element) && mayRun()) {
      run(BundleAttempt::send);
    }
  }

  /** Adds what another lane had. */
  void add(BundlePart part) {
    input.add(part);
  }

  /** Adds a timer, which is sent behind all that was added before. */
  void add(String family, WireTimer timer) throws IOException {
    input.add(family, timer);
  }

  /** Whether it has got as much input as one may hold. */
  boolean isFull() {
    return input.bytes() >= surroundings.settings().maxBundleBytes();
  }

  /** Whether some of its input was sent. */
  boolean isStarted() {
    return attempt != null;
  }

  /**
   * Runs it to its end.
   *
   * @param shared what other lanes may take a part of; null if nobody may
   * @return the try that came through, with all that it gave
   * @throws HarnessException if the function failed, or worker after worker was lost
   */
  BundleAttempt complete(@Nullable DivisibleBundle shared) throws InterruptedException {
    if (!hasTurn) {
      surroundings.turns().take();
      hasTurn = true;
    }
    try {
      return runWhole(shared);
    } finally {
      endTurn();
    }
  }

  private BundleAttempt runWhole(@Nullable DivisibleBundle shared) throws InterruptedException {
    input.cut();
    whole = true;
    BundleAttempt done =
        run(
            current -> {
              try {
                // Python's harness rests for up to 0.2 s between its outputs and its answer.
                current.complete(shared, this::endTurn);
              } finally {
                if (shared != null) {
                  shared.give(null);
                }
              }
            });
    input.clear();
    return done;
  }

  /**
   * Does what can be done without waiting for the worker's work, as {@link BundleAttempt#proceed}.
   *
   * @return the try that came through, with all that it gave; null if it is still at work
   * @throws HarnessException if the function failed, or worker after worker was lost
   */
  @Nullable BundleAttempt proceed() throws InterruptedException {
    input.cut();
    whole = true;
    BundleAttempt current = run(BundleAttempt::proceed);
    if (!current.isComplete()) {
      return null;
    }
    input.clear();
    return current;
  }

  /** How long {@link #proceed} has nothing to do after it was called, if nothing comes. */
  long nanosLeft() {
    return attempt == null ? 0 : attempt.nanosLeft();
  }

  /** A step of a try. */
  @FunctionalInterface
  private interface Step {
    void on(BundleAttempt attempt) throws WorkerLostException, InterruptedException;
  }

  private BundleAttempt run(Step step) throws InterruptedException {
    while (true) {
      try {
        BundleAttempt current = attempt();
        perform(step, current);
        return current;
      } catch (WorkerLostException e) {
        onLoss(e);
      }
    }
  }

  private void perform(Step step, BundleAttempt current)
      throws WorkerLostException, InterruptedException {
    try {
      step.on(current);
    } catch (HarnessException e) {
      surroundings.samples().show(current.worker(), current.instructionId(), surroundings.plan());
      throw e;
    }
  }

  /** Who starts workers has tried several times before it says that there is none. */
  private SdkWorker worker() throws InterruptedException {
    try {
      return surroundings.workers().worker(surroundings.environmentId(), surroundings.lane());
    } catch (WorkerLostException e) {
      throw new HarnessException("there is no SDK harness for this bundle: " + e.getMessage());
    }
  }

  private BundleAttempt attempt() throws InterruptedException {
    if (attempt == null) {
      attempt =
          new BundleAttempt(
              worker(),
              surroundings.plan(),
              input,
              request(),
              surroundings.state().apply(input.iterables()),
              surroundings.checkpoint().get(),
              surroundings.watch(),
              surroundings.progress(),
              surroundings.space(),
              surroundings.alarm());
    }
    return attempt;
  }

  private BeamFnApi.ProcessBundleRequest request() {
    BeamFnApi.ProcessBundleRequest.Builder request =
        BeamFnApi.ProcessBundleRequest.newBuilder()
            .setProcessBundleDescriptorId(surroundings.plan().descriptor().getId())
            .addAllCacheTokens(surroundings.tokens().current());
    boolean small = input.bytes() <= surroundings.settings().chunkBytes();
    BeamFnApi.Elements embedded =
        whole && small && surroundings.protocols().embedsElements()
            ? EmbeddedInput.of(input.chunks(), surroundings.plan())
            : null;
    return embedded == null ? request.build() : request.setElements(embedded).build();
  }

  private void onLoss(WorkerLostException loss) {
    drop();
    input.restart();
    surroundings.tokens().renew();
    int tries = ++lost;
    if (tries >= surroundings.settings().maxAttempts()) {
      throw new HarnessException(
          "the SDK harness was lost "
              + tries
              + " times while it ran this bundle; the last time: "
              + loss.getMessage());
    }
    surroundings
        .watch()
        .warnings()
        .accept(
            "%s: the SDK harness of lane %d was lost, the bundle is tried again: %s"
                .formatted(
                    surroundings.watch().transform(), surroundings.lane(), loss.getMessage()));
  }

  private void drop() {
    if (attempt != null) {
      attempt.forget();
      attempt = null;
    }
  }

  /** Whether it is its turn, without waiting for it. */
  private boolean mayRun() {
    if (!hasTurn) {
      hasTurn = surroundings.turns().tryTake();
    }
    return hasTurn;
  }

  private void endTurn() {
    if (hasTurn) {
      hasTurn = false;
      surroundings.turns().end();
    }
  }

  /** Gives it up, or lets go of what was not taken of it. */
  void forget() {
    endTurn();
    drop();
    input.clear();
  }
}
