package dev.tidemark.runner.stage;

import java.util.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a window function of an SDK, which alone can assign its windows; they do not merge.
 *
 * <p>Immutable.
 */
final class OpaqueWindowFn extends NonMergingWindowFn<Object, OpaqueWindow> {
  @Override
  public Collection<OpaqueWindow> assignWindows(AssignContext context) {
    throw new UnsupportedOperationException("only the SDK can assign these windows");
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof OpaqueWindowFn;
  }

  @Override
  public Coder<OpaqueWindow> windowCoder() {
    return new OpaqueWindow.Coder();
  }

  /** A window of the main input is the one of the side input, where both are of such a function. */
  @Override
  public WindowMappingFn<OpaqueWindow> getDefaultWindowMappingFn() {
    return new WindowMappingFn<>() {
      @Override
      public OpaqueWindow getSideInputWindow(BoundedWindow mainWindow) {
        if (mainWindow instanceof OpaqueWindow window) {
          return window;
        }
        throw new UnsupportedOperationException(
            "the windows of a side input are known to its SDK only; give its main input the same"
                + " windows, or the side input one of Beam's own window functions");
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueWindowFn;
  }

  @Override
  public int hashCode() {
    return OpaqueWindowFn.class.hashCode();
  }
}
