package dev.tidemark.runner.stage;

import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Executes one {@link dev.tidemark.translation.graph.Node} in one lane.
 *
 * <p>Life: {@link #open}, then bundles, then {@link #close}, always, also after a failure of any
 * other call. A bundle is {@link #startBundle}, any number of {@link #process}, {@link #onTimer}
 * and {@link #advanceWatermark}, {@link #finishBundle}. The host starts a bundle before the first
 * element, timer or watermark that needs one and finishes it before it seals an epoch; an epoch may
 * hold many bundles. After a failed bundle the processor is closed without {@link #finishBundle}.
 *
 * <p>Owned by the lane: no two calls at once.
 */
public interface NodeProcessor {

  /** Called once, before all else. */
  void open(NodeContext context) throws Exception;

  /** Starts a bundle. */
  default void startBundle() throws Exception {}

  /**
   * Takes one element of the main input. Where the node is keyed, {@link NodeContext#currentKey} is
   * the element's key.
   */
  void process(WindowedValue<?> element) throws Exception;

  /**
   * The same for an element that differs from another one by its value only; for operators that can
   * do without an object for it.
   *
   * @param value the element itself
   * @param like has windows, timestamp and pane of the element, and any value
   */
  default void process(@Nullable Object value, WindowedValue<?> like) throws Exception {
    process(OutputPort.element(value, like));
  }

  /** Takes a timer that this node has set and that is due; the current key is the timer's. */
  default void onTimer(TimerRecord timer) throws Exception {
    throw new IllegalStateException("a timer fired in a node that sets none: " + timer);
  }

  /**
   * Tells that the effective input watermark reached {@code watermarkMillis}; called before the
   * event timers up to it fire, at least once per epoch in which it moved, never backwards. {@link
   * NodeContext#inputWatermark} already shows it. Operators that keep their own windows emit those
   * that are complete. While elements wait ({@link #inputHold}) it is called in every epoch, inside
   * a bundle, also when the watermark did not move: operators that wait for side inputs look again.
   * Otherwise a bundle need not be open.
   */
  default void advanceWatermark(long watermarkMillis) throws Exception {}

  /**
   * Fires whatever is due outside of the timer service, up to what was due when the epoch opened;
   * splittable residuals and blocked elements for instance.
   *
   * @return whether everything due was done
   */
  default boolean resumePending() throws Exception {
    return true;
  }

  /**
   * Emits what the operator holds back for efficiency only, accumulators of a partial combine for
   * instance. Called once at the end of an epoch's input, before the watermark advances; a bundle
   * need not be open.
   */
  default void flush() throws Exception {}

  /** Finishes the bundle; outputs are still accepted. */
  default void finishBundle() throws Exception {}

  /**
   * The lowest timestamp, in milliseconds, that this node may still emit or that waits in it, apart
   * from timers and hold cells, which the host knows: elements that wait for a side input,
   * residuals, groups not yet emitted. {@link dev.tidemark.runner.stage.Timestamps#MAX} when
   * nothing waits.
   */
  default long pendingHold() {
    return Timestamps.MAX;
  }

  /**
   * The lowest timestamp, in milliseconds, of the elements that this node has taken and put aside,
   * as long as a side input is missing: the host keeps the node's effective input watermark at or
   * before it, so that no timer fires and no window expires ahead of them. Never later than {@link
   * #pendingHold}. {@link dev.tidemark.runner.stage.Timestamps#MAX} when nothing waits.
   */
  default long inputHold() {
    return Timestamps.MAX;
  }

  /**
   * The lowest timestamp, in milliseconds, of all elements that this node has taken and not
   * finished with, residuals included, whatever it holds watermarks at: their windows' side inputs
   * are kept. {@link dev.tidemark.runner.stage.Timestamps#MAX} when there are none.
   */
  default long elementHold() {
    return inputHold();
  }

  /**
   * The live processing time, in milliseconds, at which {@link #resumePending} wants to be called
   * again, or {@link Long#MAX_VALUE}.
   */
  default long nextResume() {
    return Long.MAX_VALUE;
  }

  /**
   * The lowest input watermark, in milliseconds, at which this node would do something that matters
   * to others, apart from its timers, which the host knows: the host may let a watermark that
   * reaches nothing of the kind wait for a while. {@link Long#MIN_VALUE} if that cannot be told,
   * {@link Long#MAX_VALUE} if no watermark does.
   */
  default long awaitedWatermark() {
    return pendingHold() == Timestamps.MAX && inputHold() == Timestamps.MAX
        ? Long.MAX_VALUE
        : Long.MIN_VALUE;
  }

  /**
   * Tells that the host read the node's cells and timers from its store again, so that what the
   * processor keeps in memory beside them has to be made anew. Called while no bundle is open.
   */
  default void restored() {}

  /** Releases everything, user functions torn down. Called exactly once if {@link #open} was. */
  default void close() throws Exception {}
}
