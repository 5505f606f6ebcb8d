package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.WorkerLostException;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bundle in an SDK harness, tried again on another worker when one is lost. Nothing takes effect
 * in here.
 *
 * <p>Owned by the lane.
 */
final class HarnessBundle {
  private static final Logger LOG = LoggerFactory.getLogger(HarnessBundle.class);

  private final Surroundings surroundings;
  private final BundleInput input;
  private @Nullable BundleAttempt attempt;
  private int lost;

  /**
   * What the bundles of a node have in common.
   *
   * @param workers of the job
   * @param environmentId whose functions run
   * @param lane the number of the lane
   * @param transform the full name of the transform, for messages
   * @param plan what runs
   * @param tokens for the worker's caches
   * @param state answers the state requests of one try, which holds these iterables
   * @param checkpoint cuts one try short; gives null to let it run
   * @param settings limits
   */
  record Surroundings(
      SdkWorkers workers,
      String environmentId,
      int lane,
      String transform,
      HarnessPlan plan,
      CacheTokens tokens,
      Function<LargeIterables, BundleState> state,
      Supplier<@Nullable Checkpoint> checkpoint,
      HarnessSettings settings) {}

  /** Starts nothing before there is something to send. */
  HarnessBundle(Surroundings surroundings, WireCoding coding) {
    this.surroundings = surroundings;
    this.input = new BundleInput(coding, surroundings.settings());
  }

  /** Adds an element. */
  void add(WindowedValue<?> element) throws IOException, InterruptedException {
    if (input.add(element)) {
      run(current -> current.send(input));
    }
  }

  /** Adds a timer, which is sent behind all that was added before. */
  void add(String family, WireTimer timer) throws IOException {
    input.add(family, timer);
  }

  /** Whether it has got as much input as one may hold. */
  boolean isFull() {
    return input.bytes() >= surroundings.settings().maxBundleBytes();
  }

  /**
   * Runs it to its end.
   *
   * @return the try that came through, with all that it gave
   * @throws HarnessException if the function failed, or worker after worker was lost
   */
  BundleAttempt complete() throws InterruptedException {
    input.cut();
    return run(current -> current.complete(input));
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
        step.on(current);
        return current;
      } catch (WorkerLostException e) {
        onLoss(e);
      }
    }
  }

  private BundleAttempt attempt() throws WorkerLostException, InterruptedException {
    if (attempt == null) {
      attempt =
          new BundleAttempt(
              surroundings.workers().worker(surroundings.environmentId(), surroundings.lane()),
              surroundings.plan(),
              BeamFnApi.ProcessBundleRequest.newBuilder()
                  .setProcessBundleDescriptorId(surroundings.plan().descriptor().getId())
                  .addAllCacheTokens(surroundings.tokens().current())
                  .build(),
              surroundings.state().apply(input.iterables()),
              surroundings.checkpoint().get());
    }
    return attempt;
  }

  private void onLoss(WorkerLostException loss) {
    forget();
    surroundings.tokens().renew();
    int tries = ++lost;
    if (tries >= surroundings.settings().maxAttempts()) {
      throw new HarnessException(
          "the SDK harness was lost "
              + tries
              + " times while it ran this bundle; the last time: "
              + loss.getMessage());
    }
    LOG.warn(
        "{}: the SDK harness of lane {} was lost, the bundle is tried again: {}",
        surroundings.transform(),
        surroundings.lane(),
        loss.getMessage());
  }

  /** Gives it up. */
  void forget() {
    if (attempt != null) {
      attempt.forget();
      attempt = null;
    }
  }
}
