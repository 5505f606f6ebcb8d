package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import org.jspecify.annotations.Nullable;

/**
 * Estimates how large many accumulators are together, by encoding one now and then: the one that
 * was just changed, as it may be a single large one, and one taken evenly from all.
 *
 * <p>Owned by the lane.
 */
final class AccumulatorSizes {
  private static final int FEWEST_BETWEEN_SAMPLES = 1024;
  // So many bytes may be encoded for the estimate, for each element that comes in.
  private static final int BYTES_PER_ELEMENT = 16;

  private final SegmentCoder coder;
  private int untilSample = FEWEST_BETWEEN_SAMPLES;
  private int turn;
  private double mean;

  /** Makes one for accumulators that {@code coder} can encode. */
  AccumulatorSizes(SegmentCoder coder) {
    this.coder = coder;
  }

  /** Whether it is time for {@link #estimate}; to be called for each element. */
  boolean due() {
    return --untilSample <= 0;
  }

  /**
   * Estimates the size in bytes of the first {@code size} accumulators.
   *
   * @param touched the one that was just changed
   */
  double estimate(@Nullable Object[] accumulators, int size, int touched) {
    int large = sizeOf(accumulators[touched]);
    turn = (int) ((turn + 0x9E3779B9L) & 0x7fffffff);
    int typical = sizeOf(accumulators[turn % size]);
    mean = mean == 0 ? typical : 0.75 * mean + 0.25 * typical;
    untilSample =
        (int) Math.max(FEWEST_BETWEEN_SAMPLES, ((long) large + typical) / BYTES_PER_ELEMENT);
    return mean * size + large;
  }

  /** Begins anew: there are no accumulators any more. */
  void reset() {
    mean = 0;
    untilSample = FEWEST_BETWEEN_SAMPLES;
  }

  private int sizeOf(@Nullable Object accumulator) {
    ByteOutput output = new ByteOutput();
    coder.encode(accumulator, output);
    return output.size();
  }
}
