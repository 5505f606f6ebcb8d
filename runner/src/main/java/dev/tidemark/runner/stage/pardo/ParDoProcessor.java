package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Outputs;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.beam.FunctionRunner;
import dev.tidemark.runner.stage.beam.UserFunction;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.translation.graph.Operation;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Runs a user's Java function that is not splittable: {@link Operation.ParDo}, stateful or not.
 *
 * <p>What the function throws comes out as a {@link TransformException} that names the transform.
 * An element whose side inputs cannot be read yet waits in the node's cells and holds back the
 * node's watermark.
 *
 * <p>Owned by the lane.
 */
public final class ParDoProcessor implements NodeProcessor {
  private final boolean checkMutations;
  private final FunctionRunners runners;
  private @Nullable Running running;
  private @Nullable Open open;

  /** A function that was set up and is to be torn down. */
  private record Running(String fullName, DoFnInvoker<?, ?> invoker) {}

  /** What there is once the processor is open. */
  private record Open(
      NodeContext context,
      String fullName,
      boolean stateful,
      Outputs outputs,
      FunctionRunner runner,
      @Nullable WaitingElements waiting,
      @Nullable MutationCheck mutationCheck,
      @Nullable ElementGuard guard) {

    /** Whether nothing stands before the function when an element like this one comes. */
    boolean unguarded(WindowedValue<?> like) {
      return mutationCheck == null
          && guard == null
          && (waiting == null
              || (like instanceof SingleWindowedValue single
                  && waiting.passes(single.getWindow())));
    }
  }

  /** Makes a processor that trusts the function not to change its input. */
  public ParDoProcessor() {
    this(false);
  }

  /**
   * Makes a processor.
   *
   * @param checkMutations whether to fail when the function changes an element that it is given
   */
  public ParDoProcessor(boolean checkMutations) {
    this(checkMutations, FunctionRunners.NATIVE);
  }

  /**
   * Makes a processor.
   *
   * @param checkMutations whether to fail when the function changes an element that it is given
   * @param runners chooses who calls the function
   */
  public ParDoProcessor(boolean checkMutations, FunctionRunners runners) {
    this.checkMutations = checkMutations;
    this.runners = runners;
  }

  @Override
  public void open(NodeContext context) {
    String fullName = context.node().fullName();
    try {
      if (!(context.node().operation() instanceof Operation.ParDo operation)) {
        throw new IllegalArgumentException("not a ParDo: " + context.node().operation());
      }
      UserFunction function = UserFunction.of(context, operation.payload());
      running =
          new Running(fullName, DoFnInvokers.tryInvokeSetupFor(function.fn(), context.options()));
      Outputs outputs = new Outputs(context);
      WaitingElements waiting =
          function.views().isEmpty()
              ? null
              : new WaitingElements(
                  context,
                  function.views().values(),
                  function.windowing().getWindowFn().windowCoder());
      open =
          new Open(
              context,
              fullName,
              operation.stateful(),
              outputs,
              runners.of(
                  context, function, operation.stateful(), outputs, watermark(context, waiting)),
              waiting,
              checkMutations
                  ? new MutationCheck(function.fn().getClass().getName(), function.inputCoder())
                  : null,
              ElementGuard.of(context));
    } catch (Throwable e) {
      throw TransformException.of(fullName, e);
    }
  }

  /**
   * A stateful function sees no watermark beyond an element that waits: it would take the element
   * for late.
   */
  private static LongSupplier watermark(NodeContext context, @Nullable WaitingElements waiting) {
    return waiting == null
        ? context::inputWatermark
        : () -> Math.min(context.inputWatermark(), waiting.earliest());
  }

  private Open open() {
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    return open;
  }

  @Override
  public void startBundle() {
    guard(() -> open().runner().startBundle());
  }

  @Override
  public void process(WindowedValue<?> element) {
    process(element.getValue(), element);
  }

  @Override
  public void process(@Nullable Object value, WindowedValue<?> like) {
    Open node = open();
    if (node.unguarded(like)) {
      Throwable failure = null;
      try {
        node.runner().process(value, like);
      } catch (Throwable e) {
        failure = e;
      }
      blame(node, failure);
    } else {
      guard(() -> admit(node, OutputPort.element(value, like)));
    }
  }

  private static void admit(Open node, WindowedValue<?> element) throws Exception {
    if (node.waiting() == null) {
      call(node, element);
    } else {
      callOrWait(node, node.waiting(), element);
    }
  }

  private static void callOrWait(Open node, WaitingElements waiting, WindowedValue<?> element)
      throws Exception {
    Key key = node.stateful() ? node.context().currentKey() : node.context().laneKey();
    for (WindowedValue<?> inOneWindow : ElementMetadata.explodeWindows(element)) {
      BoundedWindow window = inOneWindow.getWindows().iterator().next();
      if (waiting.mustWait(key, window)) {
        waiting.add(key, window, inOneWindow);
      } else {
        call(node, inOneWindow);
      }
    }
  }

  private static void call(Open node, WindowedValue<?> element) throws Exception {
    ElementGuard guard = node.guard();
    if (guard == null) {
      callUnguarded(node, element);
    } else if (!guard.leavesOut(element, null, node.context()::afterCommit)) {
      try {
        callUnguarded(node, element);
      } catch (Throwable e) {
        Throwable downstream = node.outputs().downstreamFailure();
        throw guard.blame(element, null, downstream == null ? e : downstream);
      }
    }
  }

  private static void callUnguarded(Open node, WindowedValue<?> element) throws Exception {
    if (node.mutationCheck() == null) {
      node.runner().process(element.getValue(), element);
    } else {
      node.mutationCheck()
          .around(element.getValue(), () -> node.runner().process(element.getValue(), element));
    }
  }

  @Override
  public void onTimer(TimerRecord timer) {
    guard(() -> open().runner().onTimer(timer));
  }

  @Override
  public void advanceWatermark(long watermarkMillis) {
    guard(this::releaseWaiting);
  }

  @Override
  public boolean resumePending() {
    guard(this::releaseWaiting);
    return true;
  }

  private void releaseWaiting() throws Exception {
    Open node = open();
    if (node.waiting() == null) {
      return;
    }
    node.waiting()
        .release(
            (key, element) -> {
              if (node.stateful()) {
                node.context()
                    .setCurrentKey(
                        new Key(key.encoded(), ((KV<?, ?>) element.getValue()).getKey()));
              }
              call(node, element);
            });
  }

  @Override
  public void finishBundle() {
    guard(() -> open().runner().finishBundle());
  }

  @Override
  public long pendingHold() {
    WaitingElements waiting = open().waiting();
    return waiting == null ? Timestamps.MAX : waiting.earliest();
  }

  @Override
  public long inputHold() {
    return pendingHold();
  }

  @Override
  public void restored() {
    WaitingElements waiting = open().waiting();
    if (waiting != null) {
      waiting.restore();
    }
  }

  @Override
  public void close() {
    Running toTearDown = running;
    running = null;
    if (toTearDown != null) {
      try {
        toTearDown.invoker().invokeTeardown();
      } catch (Throwable e) {
        throw TransformException.of(toTearDown.fullName(), e);
      }
    }
  }

  /** A call of the user's function. */
  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  private void guard(Call call) {
    Open node = open();
    Throwable failure = null;
    try {
      call.run();
    } catch (Throwable e) {
      failure = e;
    }
    blame(node, failure);
  }

  /**
   * Throws what happened in a call, if anything did; names the transform that failed, which may be
   * one downstream, even if the function caught the failure.
   */
  private static void blame(Open node, @Nullable Throwable failure) {
    Throwable downstream = node.outputs().downstreamFailure();
    if (downstream != null && !(failure instanceof TransformException)) {
      throw TransformException.of(node.fullName(), downstream);
    }
    if (failure != null) {
      throw TransformException.of(node.fullName(), failure);
    }
  }
}
