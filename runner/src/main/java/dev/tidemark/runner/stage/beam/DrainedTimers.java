package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.TimerRecord;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.TimerDeclaration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends looping timers when a job drains: an event timer that fires because of the drain cannot set
 * itself again. What is dropped is counted, and logged once.
 *
 * <p>Owned by the lane.
 */
public final class DrainedTimers {
  /** The namespace of the counter. */
  static final String METRIC_NAMESPACE = "tidemark";

  /** The name of the counter. */
  static final String METRIC_NAME = "timers_dropped_by_drain";

  private static final Logger LOG = LoggerFactory.getLogger(DrainedTimers.class);

  private final String transform;
  private final Counter dropped = Metrics.counter(METRIC_NAMESPACE, METRIC_NAME);
  private @Nullable TimerRecord firing;
  private boolean logged;

  /**
   * For one node.
   *
   * @param transform its full name, for the log
   */
  public DrainedTimers(String transform) {
    this.transform = transform;
  }

  /** Tells which timer fires now because of a drain; null when none does. */
  public void fires(@Nullable TimerRecord timer) {
    firing = timer;
  }

  /** Whether not to set {@code timer}, which is of the key at hand. */
  public boolean drops(TimerRecord timer) {
    TimerRecord current = firing;
    if (current == null
        || timer.domain() != TimeDomain.EVENT_TIME
        || !timer.id().equals(current.id())
        || !timer.family().equals(current.family())
        || !timer.namespace().equals(current.namespace())) {
      return false;
    }
    dropped.inc();
    if (!logged) {
      logged = true;
      LOG.info(
          "{}: the job drains, so the timer \"{}\" cannot set itself again; the counter {} tells"
              + " how many do",
          transform,
          timer.id().startsWith(TimerDeclaration.PREFIX)
              ? timer.id().substring(TimerDeclaration.PREFIX.length())
              : timer.id(),
          METRIC_NAME);
    }
    return true;
  }
}
