package dev.tidemark.runner.stage;

import java.util.Collection;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a window function of an SDK, which alone can assign its windows; they do not merge, or
 * not any more.
 *
 * <p>Immutable.
 */
final class OpaqueWindowFn extends NonMergingWindowFn<Object, BoundedWindow> {
  private final RunnerApi.FunctionSpec sdks;
  private final Coder<BoundedWindow> windowCoder;

  /**
   * A function that stands for one of an SDK.
   *
   * @param sdks the function of the SDK
   * @param windowCoder of its windows
   */
  OpaqueWindowFn(RunnerApi.FunctionSpec sdks, Coder<BoundedWindow> windowCoder) {
    this.sdks = sdks;
    this.windowCoder = windowCoder;
  }

  @Override
  public Collection<BoundedWindow> assignWindows(AssignContext context) {
    throw new UnsupportedOperationException("only the SDK can assign these windows");
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return equals(other);
  }

  @Override
  public Coder<BoundedWindow> windowCoder() {
    return windowCoder;
  }

  /** A window of the main input is the one of the side input, where both are of such a function. */
  @Override
  public WindowMappingFn<BoundedWindow> getDefaultWindowMappingFn() {
    return new WindowMappingFn<>() {
      @Override
      public BoundedWindow getSideInputWindow(BoundedWindow mainWindow) {
        if (mainWindow instanceof OpaqueWindow) {
          return mainWindow;
        }
        throw new UnsupportedOperationException(
            "the windows of a side input are known to its SDK only; give its main input the same"
                + " windows, or the side input one of Beam's own window functions");
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueWindowFn that && sdks.equals(that.sdks);
  }

  @Override
  public int hashCode() {
    return sdks.hashCode();
  }
}
