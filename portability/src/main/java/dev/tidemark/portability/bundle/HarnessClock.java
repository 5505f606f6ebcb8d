package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * Processing time in a harness, which goes by the clock of its machine, and in the host. In a job
 * with a {@code TestStream} the host's is what that makes it: then the times of timers are moved,
 * so that the delay from now is the same on both.
 *
 * <p>Owned by the lane.
 *
 * @param manual the host's node, if its clock is not the machine's; else null
 */
record HarnessClock(@Nullable NodeContext manual) {
  static HarnessClock of(NodeContext context) {
    return new HarnessClock(context.components().graph().hasTestStream() ? context : null);
  }

  /** A harness's time, in milliseconds, by the host's clock. */
  long inHost(long millis) {
    return manual == null ? millis : bounded(millis - ahead(manual));
  }

  /** A host's time, in milliseconds, by the harness's clock. */
  long inHarness(long millis) {
    return manual == null ? millis : bounded(millis + ahead(manual));
  }

  private static long ahead(NodeContext context) {
    return System.currentTimeMillis() - context.processingTime();
  }

  private static long bounded(long millis) {
    return Math.max(Timestamps.MIN, Math.min(Timestamps.MAX, millis));
  }
}
