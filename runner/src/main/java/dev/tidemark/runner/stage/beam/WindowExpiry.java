package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.StatefulDoFnRunner.CleanupTimer;
import org.apache.beam.runners.core.StatefulDoFnRunner.StateCleaner;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Forgets what a stateful function keeps for a key and window once the window is expired: sets a
 * timer for the expiry when the window gets its first element and then clears state and timers.
 *
 * <p>The timer holds the output watermark at the end of the window only if the function may emit at
 * expiry.
 *
 * <p>Owned by the lane.
 */
final class WindowExpiry implements CleanupTimer<Object>, StateCleaner<BoundedWindow> {
  private static final String TIMER_ID = "expiry";

  private final NodeContext context;
  private final UserFunction function;
  private final WindowNamespaces namespaces;
  private final DoFnSignature signature;
  private final boolean endsWithJob;
  private final KeyedStepContext step;
  private final FamilyTimers familyTimers;
  private List<StateTag<?>> systemTags = List.of();
  private @Nullable Key lastKey;
  private @Nullable BoundedWindow lastWindow;

  /**
   * For the function of {@code context}'s node.
   *
   * @param step whose key, state and timers this is about
   * @param familyTimers the timers of families that are set
   */
  WindowExpiry(
      NodeContext context,
      UserFunction function,
      WindowNamespaces namespaces,
      KeyedStepContext step,
      FamilyTimers familyTimers) {
    this.context = context;
    this.function = function;
    this.namespaces = namespaces;
    this.signature = DoFnSignatures.signatureForDoFn(function.fn());
    this.endsWithJob = context.streaming() && !isCalledLater(signature);
    this.step = step;
    this.familyTimers = familyTimers;
  }

  /**
   * Whether a function is called at the end of its windows, or after their last elements. If not,
   * nobody sees that the global window's state is forgotten at the end of a streaming job, and a
   * timer for each key would only take time and memory. (In batch it ends key by key.)
   */
  private static boolean isCalledLater(DoFnSignature signature) {
    return signature.onWindowExpiration() != null
        || !signature.timerDeclarations().isEmpty()
        || !signature.timerFamilyDeclarations().isEmpty();
  }

  /** Tells which state Beam's runner keeps beside the user's. */
  void setSystemTags(List<StateTag<?>> systemTags) {
    this.systemTags = List.copyOf(systemTags);
  }

  /**
   * Sets the timer of a window. It fires when the watermark has passed the expiry by more than a
   * millisecond, and so after the user's timers for the very expiry.
   */
  @Override
  public void setForWindow(Object element, BoundedWindow window) {
    if (endsWithJob && window instanceof GlobalWindow) {
      return;
    }
    Key key = step.key();
    if (key.equals(lastKey) && window.equals(lastWindow)) {
      return;
    }
    Instant expiry = LateDataUtils.garbageCollectionTime(window, function.windowing());
    context
        .timers()
        .set(
            new TimerRecord(
                key,
                namespaces.of(window),
                "",
                TIMER_ID,
                TimeDomain.EVENT_TIME,
                expiry.getMillis() + 2,
                signature.onWindowExpiration() == null
                    ? Timestamps.MAX
                    : window.maxTimestamp().getMillis()));
    lastKey = key;
    lastWindow = window;
  }

  @Override
  public boolean isForWindow(
      String timerId, BoundedWindow window, Instant timestamp, TimeDomain domain) {
    return domain == TimeDomain.EVENT_TIME && timerId.equals(TIMER_ID);
  }

  @Override
  public void clearForWindow(BoundedWindow window) {
    lastKey = null;
    lastWindow = null;
    StateNamespace namespace = namespaces.parse(namespaces.of(window));
    StateInternals state = step.stateInternals();
    for (StateTag<?> tag : tags()) {
      state.state(namespace, tag).clear();
    }
    signature
        .timerDeclarations()
        .values()
        .forEach(
            timer ->
                step.timerInternals()
                    .deleteTimer(
                        namespace,
                        timer.id(),
                        "",
                        ((TimerSpec) valueOf(timer.field())).getTimeDomain()));
    familyTimers.deleteAll(step.key(), namespace.stringKey());
  }

  private List<StateTag<?>> tags() {
    List<StateTag<?>> tags = new ArrayList<>(systemTags);
    for (Map.Entry<String, DoFnSignature.StateDeclaration> state :
        signature.stateDeclarations().entrySet()) {
      tags.add(
          StateTags.tagForSpec(state.getKey(), (StateSpec<?>) valueOf(state.getValue().field())));
    }
    return tags;
  }

  private Object valueOf(Field field) {
    DoFn<Object, Object> fn = function.fn();
    try {
      Object value = field.get(fn);
      if (value == null) {
        throw new IllegalStateException("the field " + field + " is null");
      }
      return value;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the field " + field + " cannot be read", e);
    }
  }
}
