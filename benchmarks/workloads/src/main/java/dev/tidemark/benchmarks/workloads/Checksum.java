package dev.tidemark.benchmarks.workloads;

import java.util.concurrent.atomic.LongAdder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * What a result comes to: the sum of the hashes of its elements, whatever their order, and how many
 * they are. One for the process, as every runner here works in one; counters of Beam would not do,
 * as they are switched off where that makes a runner faster.
 */
final class Checksum {
  private static final LongAdder SUM = new LongAdder();
  private static final LongAdder RESULTS = new LongAdder();

  private Checksum() {}

  /** Adds elements to it, any thread. */
  static void add(long hashes, long results) {
    SUM.add(hashes);
    RESULTS.add(results);
  }

  static long sum() {
    return SUM.sum();
  }

  static long results() {
    return RESULTS.sum();
  }

  static void reset() {
    SUM.reset();
    RESULTS.reset();
  }

  /** The last step of a pipeline: adds up what {@code hash} says of each element. */
  static <T> ParDo.SingleOutput<T, Void> of(SerializableFunction<T, Long> hash) {
    return ParDo.of(new AddFn<>(hash));
  }

  private static final class AddFn<T> extends DoFn<T, Void> {
    private final SerializableFunction<T, Long> hash;
    private transient long hashes;
    private transient long results;

    AddFn(SerializableFunction<T, Long> hash) {
      this.hash = hash;
    }

    @StartBundle
    public void start() {
      hashes = 0;
      results = 0;
    }

    @ProcessElement
    public void process(@Element T element) {
      hashes += hash.apply(element);
      results++;
    }

    @FinishBundle
    public void finish() {
      add(hashes, results);
    }
  }
}
