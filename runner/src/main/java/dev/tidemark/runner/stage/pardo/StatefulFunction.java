package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Outputs;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.beam.ExpiryTimer;
import dev.tidemark.runner.stage.beam.FunctionRunner;
import dev.tidemark.runner.stage.beam.LateElements;
import dev.tidemark.runner.stage.beam.UserFunction;
import dev.tidemark.runner.stage.beam.UserStates;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls a function with state or timers, through the invoker that Beam generates for its class:
 * drops what is too late, and at a window's expiry calls the function and forgets the window's
 * state and timers.
 *
 * <p>Owned by the lane.
 */
final class StatefulFunction implements FunctionRunner, KeyedArguments {
  private final NodeContext context;
  private final LongSupplier inputWatermark;
  private final DoFnInvoker<Object, Object> invoker;
  private final boolean emitsAtExpiry;
  private final Counter dropped = LateElements.droppedByStatefulFunctions();
  private final KeyAndWindow current;
  private final UserStates states;
  private final FunctionTimers timers;
  private final ExpiryTimer expiry;
  private final FunctionOutputs outputs;
  private final ElementArguments elementArguments;
  private final TimerArguments timerArguments;
  private final BundleArguments bundleArguments;
  private boolean expiryIsSet;

  /**
   * The function of {@code context}'s node.
   *
   * @param inputWatermark what the function sees as input watermark, in milliseconds
   */
  StatefulFunction(
      NodeContext context, UserFunction function, Outputs ports, LongSupplier inputWatermark) {
    this.context = context;
    this.inputWatermark = inputWatermark;
    this.invoker = DoFnInvokers.invokerFor(function.fn());
    this.emitsAtExpiry =
        DoFnSignatures.signatureForDoFn(function.fn()).onWindowExpiration() != null;
    this.current = new KeyAndWindow(function.windowing());
    this.states = new UserStates(function, context.cells());
    this.timers = new FunctionTimers(context, function, current, inputWatermark);
    this.expiry = new ExpiryTimer(context, function);
    this.outputs = new FunctionOutputs(function, ports);
    this.elementArguments = ElementArguments.of(context, function, outputs, this);
    this.timerArguments = TimerArguments.of(context.options(), outputs, current, this);
    this.bundleArguments = new BundleArguments(context, outputs);
  }

  @Override
  public void startBundle() {
    outputs.startBundle();
    current.startBundle();
    expiryIsSet = false;
    invoker.invokeStartBundle(bundleArguments);
  }

  @Override
  public void process(@Nullable Object value, WindowedValue<?> like) {
    Key key = context.currentKey();
    if (like instanceof SingleWindowedValue single) {
      process(key, single.getWindow(), value, like);
      return;
    }
    for (WindowedValue<?> inOneWindow :
        ElementMetadata.explodeWindows(OutputPort.element(value, like))) {
      process(key, inOneWindow.getWindows().iterator().next(), value, inOneWindow);
    }
  }

  private void process(
      Key key, BoundedWindow window, @Nullable Object value, WindowedValue<?> like) {
    expiryIsSet &= current.enter(key, window);
    if (isExpired()) {
      dropped.inc();
      return;
    }
    states.bind(key, current.namespace());
    if (expiry.isNeeded(window) && !expiryIsSet()) {
      context.timers().set(expiry.of(key, window, current.namespace()));
    }
    outputs.comeOf(value, like);
    try {
      invoker.invokeProcessElement(elementArguments);
    } catch (Exception e) {
      throw UserCodeException.wrap(e);
    }
  }

  /**
   * Whether the timer for the expiry of the window in hand is known to be set; takes it that it
   * will be. What a function without state keeps for its keys are timers only.
   */
  private boolean expiryIsSet() {
    if (expiryIsSet) {
      return true;
    }
    expiryIsSet = true;
    return states.areDeclared() && states.cells().remember(current.namespace());
  }

  private boolean isExpired() {
    return current.expiryMillis() < inputWatermark.getAsLong();
  }

  @Override
  public void onTimer(TimerRecord timer) {
    boolean causedByDrain = context.causedByDrain(timer);
    current.enter(timer.key(), timer.namespace());
    expiryIsSet = false;
    states.bind(timer.key(), timer.namespace());
    timers.fires(timer, causedByDrain);
    if (ExpiryTimer.is(timer)) {
      expire(timer, causedByDrain);
    } else if (timer.domain() == TimeDomain.EVENT_TIME || !isExpired()) {
      timerArguments.set(timer, causedByDrain);
      invoker.invokeOnTimer(timer.id(), timer.family(), timerArguments);
    }
    timers.fired();
  }

  private void expire(TimerRecord timer, boolean causedByDrain) {
    if (emitsAtExpiry) {
      timerArguments.set(timer, causedByDrain);
      invoker.invokeOnWindowExpiration(timerArguments);
    }
    if (states.areDeclared()) {
      states.clear();
      states.cells().forget();
    }
    timers.clear();
  }

  @Override
  public State state(String stateId, boolean alwaysFetched) {
    State state = states.get(stateId);
    return alwaysFetched ? (State) ((ReadableState<?>) state).readLater() : state;
  }

  @Override
  public Timer timer(String timerId, Instant origin) {
    return timers.timer(timerId, origin);
  }

  @Override
  public TimerMap timerFamily(String familyId, Instant origin) {
    return timers.family(familyId, origin);
  }

  @Override
  public void finishBundle() {
    states.unbind();
    invoker.invokeFinishBundle(bundleArguments);
    outputs.comeOfNothing();
    timerArguments.clear();
  }
}
