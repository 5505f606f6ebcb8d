package dev.tidemark.runner.stage.sdf;

import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What calls of an unbounded function gave for one item; it takes effect within one epoch.
 *
 * <p>Immutable.
 *
 * @param emitted the outputs, in order
 * @param finalizers callbacks for when the epoch is committed
 * @param rest what is left of the item, or null
 * @param continues whether the thread itself goes on with the rest
 */
record ItemSlice(
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

  /** Whether the function found nothing to do, and waits before it looks again. */
  boolean idle() {
    return emitted.isEmpty()
        && finalizers.isEmpty()
        && rest != null
        && rest.delay().getMillis() > 0;
  }

  /** This slice and the one after it as one; one of the two is {@link #idle}. */
  ItemSlice then(ItemSlice next) {
    ItemSlice found = next.idle() ? this : next;
    return new ItemSlice(found.emitted, found.finalizers, next.rest, next.continues);
  }

  /** The same, with its rest left to the lane. */
  ItemSlice givenBack() {
    return new ItemSlice(emitted, finalizers, rest, false);
  }
}
