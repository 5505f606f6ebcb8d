package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.WorkSharer;
import dev.tidemark.runner.stage.beam.CheckpointPolicy;
import dev.tidemark.runner.stage.codec.StoredElementCoder;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Executes {@link Operation.ProcessSizedElements}: processes each element and restriction until it
 * is done or checkpointed, and goes on with what is left when its time has come.
 *
 * <p>What is left is kept in value cells of the node. Under the streaming policy the runner cuts a
 * call short after {@value #MAX_OUTPUTS} outputs or {@link NodeContext#maxProcessTime}; under the
 * batch policy a call runs until it stops by itself. When the job is drained, what is left is
 * truncated first. Items that run inline are shared with lanes that have nothing to do.
 *
 * <p>Owned by the lane. Unless told to run inline, an unbounded function runs on threads of the
 * node's own, see {@link AheadExecution} for the rules.
 */
public final class ProcessSizedElementsProcessor implements WorkSharer {
  static final int MAX_OUTPUTS = 10_000;

  private final boolean inline;
  private @Nullable ItemCells<WorkItem> items;
  private @Nullable SideInputGate gate;
  private @Nullable ItemExecution execution;

  /**
   * Makes a processor.
   *
   * @param inline whether also an unbounded function runs in the sweep, as a job with a manual
   *     clock needs it
   */
  public ProcessSizedElementsProcessor(boolean inline) {
    this.inline = inline;
  }

  @Override
  public void open(NodeContext context) throws Exception {
    Operation.ProcessSizedElements operation =
        (Operation.ProcessSizedElements) context.node().operation();
    Outputs outputs = new Outputs(context);
    ItemCells<WorkItem> residuals =
        new ItemCells<>(
            context.cells(), "residual", new WorkItemCoder(StoredElementCoder.ofInput(context)));
    items = residuals;
    SideInputGate opened =
        new SideInputGate(
            context, SplittableFunction.observesWindow(context.node(), operation.payload()));
    gate = opened;
    CheckpointPolicy policy = policy(context);
    try {
      execution =
          inline || operation.bounded() || !context.streaming()
              ? new InlineExecution(
                  context,
                  residuals,
                  new ItemRunner(
                      SplittableFunction.open(
                          context.node(), operation.payload(), context.options()),
                      policy.limits(),
                      outputs.coders(),
                      ElementGuard.ofRestrictions(context, context.components())),
                  policy,
                  opened,
                  outputs)
              : new AheadExecution(
                  context, operation.payload(), residuals, policy, opened, outputs);
    } catch (RuntimeException e) {
      policy.close();
      throw e;
    }
  }

  private static CheckpointPolicy policy(NodeContext context) {
    if (!context.streaming()) {
      return CheckpointPolicy.never();
    }
    return CheckpointPolicy.after(
        MAX_OUTPUTS,
        context.maxProcessTime(),
        "tidemark-checkpoint-" + context.node().id(),
        Thread.currentThread().getContextClassLoader());
  }

  @Override
  public void process(WindowedValue<?> element) throws Exception {
    ItemExecution current = opened();
    openedGate().admit(element, single -> current.add(WorkItem.of(single)));
  }

  @Override
  public void advanceWatermark(long watermarkMillis) throws Exception {
    admitWaiting();
  }

  @Override
  public boolean resumePending() throws Exception {
    admitWaiting();
    return opened().resume();
  }

  @Override
  public void help() throws Exception {
    opened().help();
  }

  private void admitWaiting() throws Exception {
    ItemExecution current = opened();
    openedGate().retry(single -> current.add(WorkItem.of(single)));
  }

  @Override
  public void finishBundle() throws Exception {
    opened().finishBundle();
  }

  @Override
  public long inputHold() {
    return gate == null ? Timestamps.MAX : gate.hold();
  }

  @Override
  public long pendingHold() {
    return execution == null ? Timestamps.MAX : execution.hold();
  }

  @Override
  public long elementHold() {
    return execution == null ? Timestamps.MAX : Math.min(inputHold(), execution.elementHold());
  }

  /** Residuals hold the watermark, but do not wait for it. */
  @Override
  public long awaitedWatermark() {
    return inputHold() == Timestamps.MAX ? Long.MAX_VALUE : Long.MIN_VALUE;
  }

  @Override
  public long nextResume() {
    return execution == null ? Long.MAX_VALUE : execution.nextResume();
  }

  @Override
  public void restored() {
    if (items != null) {
      items.restore();
    }
    openedGate().restore();
  }

  @Override
  public void close() throws Exception {
    if (execution != null) {
      execution.close();
    }
  }

  private ItemExecution opened() {
    if (execution == null) {
      throw new IllegalStateException("not open");
    }
    return execution;
  }

  private SideInputGate openedGate() {
    if (gate == null) {
      throw new IllegalStateException("not open");
    }
    return gate;
  }
}
