package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.OutputPort;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Hands on accumulators.
 *
 * <p>Owned by the lane.
 */
final class PartialOutput {
  private final Combiner combiner;
  private final OutputPort port;
  private Instant timestamp = Instant.ofEpochMilli(0);

  PartialOutput(Combiner combiner, OutputPort port) {
    this.combiner = combiner;
    this.port = port;
  }

  /** Hands on an accumulator, which is not to be used again. */
  void emit(
      @Nullable Object key,
      @Nullable Object accumulator,
      long timestampMillis,
      BoundedWindow window) {
    if (timestamp.getMillis() != timestampMillis) {
      timestamp = Instant.ofEpochMilli(timestampMillis);
    }
    port.accept(
        WindowedValues.of(
            KV.of(key, combiner.compact(accumulator)), timestamp, window, PaneInfo.NO_FIRING));
  }
}
