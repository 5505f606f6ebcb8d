package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;

/**
 * The timer that tells when a window of a stateful function is expired.
 *
 * <p>It holds the output watermark at the end of the window only if the function may emit at
 * expiry.
 *
 * <p>Immutable.
 */
public final class ExpiryTimer {
  private static final String ID = "expiry";

  private final Lateness lateness;
  private final boolean emits;
  private final boolean endsWithJob;

  /** For the function of {@code context}'s node. */
  public ExpiryTimer(NodeContext context, UserFunction function) {
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(function.fn());
    this.lateness = new Lateness(function.windowing());
    this.emits = signature.onWindowExpiration() != null;
    this.endsWithJob = context.streaming() && !isCalledLater(signature);
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

  /** Whether a window needs one. */
  public boolean isNeeded(BoundedWindow window) {
    return !endsWithJob || !(window instanceof GlobalWindow);
  }

  /**
   * The timer of a window. It fires when the watermark has passed the expiry by more than a
   * millisecond, and so after the user's timers for the very expiry.
   *
   * @param namespace of the window
   */
  public TimerRecord of(Key key, BoundedWindow window, String namespace) {
    return new TimerRecord(
        key,
        namespace,
        "",
        ID,
        TimeDomain.EVENT_TIME,
        lateness.expiryMillis(window) + 2,
        emits ? window.maxTimestamp().getMillis() : Timestamps.MAX);
  }

  /** Whether a timer of the function's is such a one. */
  public static boolean is(TimerRecord timer) {
    return timer.family().isEmpty() && is(timer.id(), timer.domain());
  }

  /** Whether a timer that is in no family is such a one. */
  static boolean is(String timerId, TimeDomain domain) {
    return domain == TimeDomain.EVENT_TIME && timerId.equals(ID);
  }
}
