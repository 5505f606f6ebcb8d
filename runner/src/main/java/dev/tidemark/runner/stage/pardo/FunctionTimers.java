package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.beam.DrainedTimers;
import dev.tidemark.runner.stage.beam.FamilyTimers;
import dev.tidemark.runner.stage.beam.UserFunction;
import dev.tidemark.runner.stage.beam.UserStates;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.joda.time.Instant;

/**
 * The timers that a function declares, of the key and window in hand.
 *
 * <p>In Beam a timer for <i>T</i> fires when the time has passed <i>T</i>; in the timer service
 * when it has reached it. So a timer is kept one millisecond later than the user says.
 *
 * <p>Owned by the lane.
 */
final class FunctionTimers {
  private final NodeContext context;
  private final KeyAndWindow current;
  private final LongSupplier inputWatermark;
  private final AllowedSkew skew;
  private final FamilyTimers setInFamilies;
  private final DrainedTimers drained;
  private final Map<String, TimeDomain> timers = new HashMap<>();
  private final Map<String, TimeDomain> families = new HashMap<>();

  /**
   * The timers of {@code function}.
   *
   * @param current whose timers they are
   * @param inputWatermark what the function sees as input watermark, in milliseconds
   */
  FunctionTimers(
      NodeContext context,
      UserFunction function,
      KeyAndWindow current,
      LongSupplier inputWatermark) {
    this.context = context;
    this.current = current;
    this.inputWatermark = inputWatermark;
    this.skew = new AllowedSkew(function.fn());
    this.setInFamilies = new FamilyTimers(context);
    this.drained = new DrainedTimers(function.fullName());
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(function.fn());
    signature
        .timerDeclarations()
        .forEach(
            (id, timer) ->
                timers.put(
                    id, ((TimerSpec) UserStates.valueOf(timer.field(), function)).getTimeDomain()));
    signature
        .timerFamilyDeclarations()
        .forEach(
            (id, family) ->
                families.put(
                    id,
                    ((TimerSpec) UserStates.valueOf(family.field(), function)).getTimeDomain()));
  }

  /**
   * A timer that is declared.
   *
   * @param origin the timestamp of the element or timer in hand
   */
  Timer timer(String id, Instant origin) {
    return new FunctionTimer(this, current, domain(timers, "timer", id), "", id, origin);
  }

  /**
   * A family that is declared.
   *
   * @param origin the timestamp of the element or timer in hand
   */
  TimerMap family(String family, Instant origin) {
    TimeDomain domain = domain(families, "timer family", family);
    return new TimerMap() {
      private final Map<String, Timer> known = new HashMap<>();

      @Override
      public void set(String id, Instant time) {
        Timer timer = make(id);
        timer.set(time);
        known.put(id, timer);
      }

      @Override
      public Timer get(String id) {
        return known.computeIfAbsent(id, this::make);
      }

      private Timer make(String id) {
        return new FunctionTimer(FunctionTimers.this, current, domain, family, id, origin);
      }
    };
  }

  private static TimeDomain domain(Map<String, TimeDomain> declared, String kind, String id) {
    TimeDomain domain = declared.get(id);
    if (domain == null) {
      throw new IllegalStateException(kind + " not found: " + id);
    }
    return domain;
  }

  AllowedSkew skew() {
    return skew;
  }

  /** The time in {@code domain}, in milliseconds. */
  long now(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> inputWatermark.getAsLong();
      case PROCESSING_TIME -> context.processingTime();
      case SYNCHRONIZED_PROCESSING_TIME -> context.synchronizedProcessingTime();
    };
  }

  /** Sets a timer; unless it sets itself while the job drains. */
  void set(TimerRecord timer) {
    if (!drained.drops(timer)) {
      setInFamilies.onSet(timer);
      context.timers().set(timer);
    }
  }

  /** Deletes the timer of the same identity. */
  void delete(TimerRecord timer) {
    setInFamilies.onGone(
        timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
    context
        .timers()
        .delete(timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
  }

  /**
   * Tells that a timer fires, until {@link #fired}.
   *
   * @param causedByDrain whether only because the job drains
   */
  void fires(TimerRecord timer, boolean causedByDrain) {
    drained.fires(causedByDrain ? timer : null);
    setInFamilies.onGone(
        timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
  }

  /** Tells that the call for a timer is over. */
  void fired() {
    drained.fires(null);
  }

  /** Deletes all timers of the key and window in hand. */
  void clear() {
    timers.forEach(
        (id, domain) ->
            context.timers().delete(current.key(), current.namespace(), "", id, domain));
    if (!families.isEmpty()) {
      setInFamilies.deleteAll(current.key(), current.namespace());
    }
  }
}
