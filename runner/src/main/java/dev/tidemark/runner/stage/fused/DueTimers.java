package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import org.apache.beam.sdk.state.TimeDomain;

/**
 * Fires the timers of one node that are due.
 *
 * <p>Owned by the lane.
 */
final class DueTimers {
  private final NodeProcessor processor;
  private final TimerService timers;
  private final Bundle bundle;
  private final FusedStageProcessor.CurrentKey currentKey;
  private int allowed;

  DueTimers(
      NodeProcessor processor,
      TimerService timers,
      Bundle bundle,
      FusedStageProcessor.CurrentKey currentKey) {
    this.processor = processor;
    this.timers = timers;
    this.bundle = bundle;
    this.currentKey = currentKey;
  }

  /** How far the watermark may go in this round, so that about {@code most} timers fire. */
  long reachable(long watermarkMillis, int most) {
    return most == Integer.MAX_VALUE
        ? watermarkMillis
        : timers.reachable(TimeDomain.EVENT_TIME, watermarkMillis, most);
  }

  /** Allows so many event timers to fire from now on; what is left of an earlier call is void. */
  void allow(int most) {
    allowed = most;
  }

  /**
   * Fires event timers up to the watermark in their order, also those that the firing sets, as many
   * as are allowed: of a single timestamp there may be more than should fire in one epoch. Others
   * stay due, and hold the output watermark.
   */
  void fireEvent(long watermarkMillis) throws Exception {
    TimerRecord timer;
    while (allowed > 0
        && (timer = timers.pollDue(TimeDomain.EVENT_TIME, watermarkMillis)) != null) {
      allowed--;
      fire(timer);
    }
  }

  /** Whether one more event timer is allowed to fire. */
  boolean mayFireEvent() {
    return allowed > 0;
  }

  /** Whether an event timer is due at the watermark. */
  boolean isEventDue(long watermarkMillis) {
    return nextEvent() <= watermarkMillis;
  }

  /** The earliest event timer, or {@link Long#MAX_VALUE}. */
  long nextEvent() {
    return timers.nextTimestamp(TimeDomain.EVENT_TIME);
  }

  /**
   * Fires the processing timers that are due, and what event timers follow.
   *
   * @return whether there was any
   */
  boolean fireProcessing(long processingTime, long synchronizedTime, long watermarkMillis)
      throws Exception {
    boolean any = false;
    while (true) {
      TimerRecord timer = timers.pollDue(TimeDomain.PROCESSING_TIME, processingTime);
      if (timer == null) {
        timer = timers.pollDue(TimeDomain.SYNCHRONIZED_PROCESSING_TIME, synchronizedTime);
      }
      if (timer == null) {
        return any;
      }
      any = true;
      fire(timer);
      fireEvent(watermarkMillis);
    }
  }

  private void fire(TimerRecord timer) throws Exception {
    bundle.admit();
    currentKey.set(timer.key());
    processor.onTimer(timer);
  }

  /** The earliest timer of either processing time domain, or {@link Long#MAX_VALUE}. */
  long nextProcessing() {
    return Math.min(
        timers.nextTimestamp(TimeDomain.PROCESSING_TIME),
        timers.nextTimestamp(TimeDomain.SYNCHRONIZED_PROCESSING_TIME));
  }

  /**
   * When the next processing timer can fire, or {@link Long#MAX_VALUE}. A synchronized one behind a
   * timer upstream has to wait for that one, not for the clock.
   *
   * @param upstreamPending the earliest processing timer pending upstream
   */
  long nextWakeUp(long upstreamPending) {
    long synchronizedTimer = timers.nextTimestamp(TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
    return Math.min(
        timers.nextTimestamp(TimeDomain.PROCESSING_TIME),
        synchronizedTimer > upstreamPending ? Long.MAX_VALUE : synchronizedTimer);
  }
}
