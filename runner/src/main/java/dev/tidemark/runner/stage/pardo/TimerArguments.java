package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.beam.DrainAnswers;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import java.lang.invoke.MethodHandles;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code @OnTimer}, {@code @OnTimerFamily} and {@code @OnWindowExpiration} may ask for.
 *
 * <p>Owned by the lane.
 */
class TimerArguments extends CallArguments implements DrainAnswers.Known {
  private static final Class<? extends TimerArguments> COMPLETE =
      DrainAnswers.complete(TimerArguments.class, MethodHandles.lookup());

  private final KeyAndWindow current;
  private final KeyedArguments keyed;
  private @Nullable TimerContext context;
  private @Nullable TimerRecord timer;
  private Instant timestamp = Instant.EPOCH;
  private boolean causedByDrain;

  /** Use {@link #of}. */
  TimerArguments(
      PipelineOptions options,
      FunctionOutputs outputs,
      KeyAndWindow current,
      KeyedArguments keyed) {
    super("a method for timers", options, outputs);
    this.current = current;
    this.keyed = keyed;
  }

  /**
   * The arguments of a function.
   *
   * @param current whose timers fire
   * @param keyed the state and timers of that
   */
  static TimerArguments of(
      PipelineOptions options,
      FunctionOutputs outputs,
      KeyAndWindow current,
      KeyedArguments keyed) {
    return COMPLETE == TimerArguments.class
        ? new TimerArguments(options, outputs, current, keyed)
        : DrainAnswers.instance(COMPLETE, options, outputs, current, keyed);
  }

  /** The next call is for this timer of the key and window in hand. */
  final void set(TimerRecord newTimer, boolean isCausedByDrain) {
    timer = newTimer;
    timestamp = Instant.ofEpochMilli(newTimer.outputTimestampMillis());
    causedByDrain = isCausedByDrain;
    outputs()
        .comeOfTimer(
            (isCausedByDrain ? ElementMetadata.DRAIN : ElementMetadata.NONE)
                .element(null, timestamp, current.window(), PaneInfo.NO_FIRING));
  }

  /** Lets go of the timer. */
  final void clear() {
    timer = null;
  }

  private TimerRecord timer() {
    if (timer == null) {
      throw new IllegalStateException("a timer was asked for after its call had ended");
    }
    return timer;
  }

  final Instant timestamp() {
    return timestamp;
  }

  final Instant fireTimestamp() {
    return Instant.ofEpochMilli(timer().timestampMillis() - 1);
  }

  final TimeDomain timeDomain() {
    return timer().domain();
  }

  @Override
  public final boolean isCausedByDrain() {
    return causedByDrain;
  }

  @Override
  @SuppressWarnings("NullAway") // keys may be null, though Beam's interface does not say so
  public final Object key() {
    return timer().key().decoded();
  }

  @Override
  public final BoundedWindow window() {
    return current.window();
  }

  @Override
  public final Instant timestamp(DoFn<Object, Object> doFn) {
    return timestamp;
  }

  @Override
  public final TimeDomain timeDomain(DoFn<Object, Object> doFn) {
    return timeDomain();
  }

  @Override
  public final String timerId(DoFn<Object, Object> doFn) {
    return timer().id();
  }

  @Override
  public final DoFn<Object, Object>.OnTimerContext onTimerContext(DoFn<Object, Object> doFn) {
    if (context == null) {
      context = TimerContext.of(doFn, this);
    }
    return context;
  }

  @Override
  public final State state(String stateId, boolean alwaysFetched) {
    return keyed.state(stateId, alwaysFetched);
  }

  @Override
  public final Timer timer(String timerId) {
    return keyed.timer(timerId, timestamp);
  }

  @Override
  public final TimerMap timerFamily(String familyId) {
    return keyed.timerFamily(familyId, timestamp);
  }
}
