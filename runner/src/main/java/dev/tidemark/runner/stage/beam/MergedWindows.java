package dev.tidemark.runner.stage.beam;

import java.util.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * The windows of a merging window function after a group has merged them. Beam's runner for
 * stateful functions looks at the class of the window function only, and would refuse the merging
 * one.
 *
 * <p>Immutable.
 */
final class MergedWindows extends NonMergingWindowFn<Object, BoundedWindow> {
  private static final long serialVersionUID = 1;

  private final WindowFn<?, BoundedWindow> merging;

  private MergedWindows(WindowFn<?, BoundedWindow> merging) {
    this.merging = merging;
  }

  /** The strategy with windows that do not merge any more, if that is so. */
  @SuppressWarnings("unchecked") // the windows are opaque here
  static WindowingStrategy<?, ?> of(WindowingStrategy<?, ?> windowing) {
    return windowing.isAlreadyMerged() && !windowing.getWindowFn().isNonMerging()
        ? windowing.withWindowFn(
            new MergedWindows((WindowFn<?, BoundedWindow>) windowing.getWindowFn()))
        : windowing;
  }

  /** Whether the windows of a strategy do not merge, or do not any more. */
  static boolean areFinal(WindowingStrategy<?, ?> windowing) {
    return of(windowing).getWindowFn() instanceof NonMergingWindowFn;
  }

  @Override
  public Collection<BoundedWindow> assignWindows(AssignContext context) {
    throw new UnsupportedOperationException("windows are merged already: " + merging);
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof MergedWindows that && merging.isCompatible(that.merging);
  }

  @Override
  public Coder<BoundedWindow> windowCoder() {
    return merging.windowCoder();
  }

  @Override
  public WindowMappingFn<BoundedWindow> getDefaultWindowMappingFn() {
    return merging.getDefaultWindowMappingFn();
  }
}
