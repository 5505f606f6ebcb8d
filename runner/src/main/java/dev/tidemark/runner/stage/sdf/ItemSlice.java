package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Key;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one call of an unbounded function gave; it takes effect within one epoch.
 *
 * <p>Immutable.
 *
 * @param key the item's
 * @param emitted the outputs, in order
 * @param finalizers callbacks for when the epoch is committed
 * @param rest what is left of the item, or null
 * @param continues whether the thread already goes on with the rest
 */
record ItemSlice(
    Key key,
    List<Emitted<?>> emitted,
    List<Finalizer> finalizers,
    ItemRunner.@Nullable Rest rest,
    boolean continues) {

  /** One output. */
  record Emitted<T>(TupleTag<T> tag, WindowedValue<T> value) {
    void to(WindowedValueMultiReceiver outputs) {
      outputs.output(tag, value);
    }
  }

  /** One callback. */
  record Finalizer(Instant expiry, DoFn.BundleFinalizer.Callback callback) {}
}
