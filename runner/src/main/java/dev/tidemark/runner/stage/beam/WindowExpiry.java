package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.StatefulDoFnRunner.CleanupTimer;
import org.apache.beam.runners.core.StatefulDoFnRunner.StateCleaner;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Forgets what a stateful function keeps for a key and window once the window is expired: sets a
 * timer for the expiry when the window gets its first element and then clears state and timers.
 *
 * <p>Owned by the lane.
 */
final class WindowExpiry implements CleanupTimer<Object>, StateCleaner<BoundedWindow> {
  private final NodeContext context;
  private final UserFunction function;
  private final WindowNamespaces namespaces;
  private final DoFnSignature signature;
  private final ExpiryTimer timer;
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
    this.timer = new ExpiryTimer(context, function);
    this.step = step;
    this.familyTimers = familyTimers;
  }

  /** Tells which state Beam's runner keeps beside the user's. */
  void setSystemTags(List<StateTag<?>> systemTags) {
    this.systemTags = List.copyOf(systemTags);
  }

  @Override
  public void setForWindow(Object element, BoundedWindow window) {
    Key key = step.key();
    if (!timer.isNeeded(window) || (key.equals(lastKey) && window.equals(lastWindow))) {
      return;
    }
    context.timers().set(timer.of(key, window, namespaces.of(window)));
    lastKey = key;
    lastWindow = window;
  }

  @Override
  public boolean isForWindow(
      String timerId, BoundedWindow window, Instant timestamp, TimeDomain domain) {
    return ExpiryTimer.is(timerId, domain);
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
                        ((TimerSpec) UserStates.valueOf(timer.field(), function)).getTimeDomain()));
    familyTimers.deleteAll(step.key(), namespace.stringKey());
  }

  private List<StateTag<?>> tags() {
    List<StateTag<?>> tags = new ArrayList<>(systemTags);
    for (Map.Entry<String, DoFnSignature.StateDeclaration> state :
        signature.stateDeclarations().entrySet()) {
      tags.add(
          StateTags.tagForSpec(
              state.getKey(),
              (StateSpec<?>) UserStates.valueOf(state.getValue().field(), function)));
    }
    return tags;
  }
}
