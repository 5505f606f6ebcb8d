package dev.tidemark.runner.stage.failing;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.stage.FailedElement;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a function: leaves out the elements that were given up, and says of a failure which
 * element it came with.
 *
 * <p>Owned by the thread that runs the function.
 */
public final class ElementGuard {
  /** Counts the elements that a transform has left out. */
  private static final MetricName LEFT_OUT = MetricName.named("tidemark", "dead_letters");

  private final DeadLetters letters;
  private final String transform;
  private final MetricsContainer metrics;
  private final ElementDigest digest;

  private ElementGuard(NodeContext context, ElementDigest digest) {
    this.letters = context.deadLetters();
    this.transform = context.node().fullName();
    this.metrics = context.metrics();
    this.digest = digest;
  }

  /** The guard of a function that is not splittable; null if the job leaves nothing out. */
  public static @Nullable ElementGuard of(NodeContext context) {
    if (!context.deadLetters().areKept()) {
      return null;
    }
    EdgeCoders coders = coders(context, context.components());
    return new ElementGuard(
        context, new ElementDigest(coders.windowCoder(), coders.elementCoder(), null));
  }

  /**
   * The guard of a splittable function, whose input is {@code KV<KV<element, KV<restriction, ...>>,
   * ...>}; null if the job leaves nothing out.
   *
   * @param components for this thread alone
   */
  public static @Nullable ElementGuard ofRestrictions(NodeContext context, Components components) {
    if (!context.deadLetters().areKept()) {
      return null;
    }
    EdgeCoders coders = coders(context, components);
    KvCoder<?, ?> pair = (KvCoder<?, ?>) coders.kvCoder().getKeyCoder();
    Coder<?> restriction = ((KvCoder<?, ?>) pair.getValueCoder()).getKeyCoder();
    return new ElementGuard(
        context, new ElementDigest(coders.windowCoder(), pair.getKeyCoder(), restriction));
  }

  private static EdgeCoders coders(NodeContext context, Components components) {
    return EdgeCoders.of(components, context.node().inputs().get(0), context.node().fullName());
  }

  /** What is done with an element. */
  @FunctionalInterface
  public interface Call {
    /** Runs the user's function. */
    void run() throws Exception;
  }

  /**
   * Makes a call, unless its element is to be left out.
   *
   * @param finalizer tells when the epoch is committed that leaves it out
   * @throws TransformException if the call fails; with the element, if the function is to blame
   */
  public void around(WindowedValue<?> element, DoFn.BundleFinalizer finalizer, Call call) {
    if (leavesOut(element, null, finalizer)) {
      return;
    }
    try {
      call.run();
    } catch (Throwable e) {
      throw blame(element, null, e);
    }
  }

  /**
   * Whether an element is to be left out; it is counted then.
   *
   * @param restriction of a splittable function; else null
   * @param finalizer tells when the epoch is committed that leaves it out
   */
  public boolean leavesOut(
      WindowedValue<?> element, @Nullable Object restriction, DoFn.BundleFinalizer finalizer) {
    if (!letters.anyOf(transform)) {
      return false;
    }
    FailedElement.Identity identity;
    try {
      identity = digest.identity(transform, element, restriction);
    } catch (IOException | RuntimeException e) {
      // It has never been given up: that needs its encoding.
      return false;
    }
    if (!letters.leaveOut(identity)) {
      return false;
    }
    metrics.getCounter(LEFT_OUT).inc();
    finalizer.afterBundleCommit(
        BoundedWindow.TIMESTAMP_MAX_VALUE, () -> letters.committed(identity));
    return true;
  }

  /**
   * Takes note that a function failed with an element, where it can be tried again at once.
   *
   * @return {@link DeadLetters.Outcome#GIVEN_UP} if it {@link #leavesOut} the element from now on
   * @throws IOException if the element has no encoding, or is to be given up and cannot be written
   */
  public DeadLetters.Outcome failed(WindowedValue<?> element, Throwable thrown) throws IOException {
    return letters.failed(digest.describe(transform, element, null), thrown);
  }

  /**
   * What is to be thrown for something that was thrown while the function had an element: if the
   * function is to blame itself, with the element.
   *
   * @param restriction of a splittable function; else null
   */
  public TransformException blame(
      WindowedValue<?> element, @Nullable Object restriction, Throwable thrown) {
    TransformException blamed = TransformException.of(transform, thrown);
    if (!blamed.transform().equals(transform) || blamed.element() != null) {
      return blamed;
    }
    try {
      return blamed.with(digest.describe(transform, element, restriction));
    } catch (IOException | RuntimeException e) {
      // What cannot be encoded cannot be found again.
      blamed.addSuppressed(e);
      return blamed;
    }
  }
}
