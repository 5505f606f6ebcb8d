package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.function.LongSupplier;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Lets Beam's classes set the timers of one key in the host's timer service and ask for the time.
 *
 * <p>In Beam a timer for <i>T</i> fires when the time has passed <i>T</i>; in the timer service
 * when it has reached it. So a timer is kept one millisecond later than Beam says; see {@link
 * #beamTimestamp}.
 *
 * <p>Owned by the lane.
 */
final class CellTimerInternals implements TimerInternals {

  /** Has a say in the timers that Beam's classes set. */
  interface Policy {
    /**
     * The timer to set instead of {@code timer}, with the same identity; may be the same. Null to
     * set none and leave things as they are.
     */
    @Nullable TimerRecord onSet(TimerRecord timer);

    /** Called when a timer is deleted. */
    default void onDelete(String namespace, String family, String id, TimeDomain domain) {}
  }

  private final NodeContext context;
  private final LongSupplier inputWatermark;
  private final Policy policy;
  private @Nullable Key key;

  /**
   * For the node of {@code context}.
   *
   * @param inputWatermark what to show as input watermark, in milliseconds
   * @param policy has a say in each timer
   */
  CellTimerInternals(NodeContext context, LongSupplier inputWatermark, Policy policy) {
    this.context = context;
    this.inputWatermark = inputWatermark;
    this.policy = policy;
  }

  /** The timestamp that Beam's classes gave a timer. */
  static Instant beamTimestamp(TimerRecord timer) {
    return Instant.ofEpochMilli(timer.timestampMillis() - 1);
  }

  /** The id that Beam's classes give to an event timer without a name. */
  static String unnamedEventTimer(long timestampMillis) {
    return TimeDomain.EVENT_TIME.ordinal() + ":" + timestampMillis;
  }

  /** The timers set from now on are those of {@code key}. */
  void bind(Key key) {
    this.key = key;
  }

  private Key key() {
    if (key == null) {
      throw new IllegalStateException(
          "timers were asked for outside of an element or timer of a keyed transform");
    }
    return key;
  }

  @Override
  public void setTimer(
      StateNamespace namespace,
      String timerId,
      String timerFamilyId,
      Instant target,
      Instant outputTimestamp,
      TimeDomain timeDomain) {
    TimerRecord timer =
        policy.onSet(
            new TimerRecord(
                key(),
                namespace.stringKey(),
                timerFamilyId,
                timerId,
                timeDomain,
                target.getMillis() + 1,
                outputTimestamp.getMillis()));
    if (timer != null) {
      context.timers().set(timer);
    }
  }

  @Override
  @Deprecated
  public void setTimer(TimerData timer) {
    setTimer(
        timer.getNamespace(),
        timer.getTimerId(),
        timer.getTimerFamilyId(),
        timer.getTimestamp(),
        timer.getOutputTimestamp(),
        timer.getDomain());
  }

  @Override
  public void deleteTimer(
      StateNamespace namespace, String timerId, String timerFamilyId, TimeDomain timeDomain) {
    String namespaceKey = namespace.stringKey();
    policy.onDelete(namespaceKey, timerFamilyId, timerId, timeDomain);
    context.timers().delete(key(), namespaceKey, timerFamilyId, timerId, timeDomain);
  }

  @Override
  @Deprecated
  public void deleteTimer(StateNamespace namespace, String timerId, String timerFamilyId) {
    for (TimeDomain domain : TimeDomain.values()) {
      deleteTimer(namespace, timerId, timerFamilyId, domain);
    }
  }

  @Override
  @Deprecated
  public void deleteTimer(TimerData timer) {
    deleteTimer(
        timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId(), timer.getDomain());
  }

  @Override
  public Instant currentProcessingTime() {
    return Instant.ofEpochMilli(context.processingTime());
  }

  @Override
  public Instant currentSynchronizedProcessingTime() {
    return Instant.ofEpochMilli(context.synchronizedProcessingTime());
  }

  @Override
  public Instant currentInputWatermarkTime() {
    return Instant.ofEpochMilli(inputWatermark.getAsLong());
  }

  @Override
  public Instant currentOutputWatermarkTime() {
    return Instant.ofEpochMilli(context.outputWatermark());
  }
}
