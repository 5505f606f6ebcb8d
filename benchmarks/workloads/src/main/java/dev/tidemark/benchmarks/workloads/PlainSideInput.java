package dev.tidemark.benchmarks.workloads;

import java.util.HashMap;
import java.util.Map;

/**
 * {@link SideInput} by hand: a hash map that is made first, and read by all threads, each for its
 * part of the elements. Frozen.
 */
final class PlainSideInput {
  private final Size size;
  private final int threads;

  PlainSideInput(Size size, int threads) {
    this.size = size;
    this.threads = threads;
  }

  void run() throws Exception {
    Map<Long, Long> factors = new HashMap<>();
    for (long key = 0; key < size.keys(); key++) {
      factors.put(key, Elements.factor(key));
    }
    Threads.run(threads, thread -> times(factors, thread));
  }

  private Void times(Map<Long, Long> factors, int thread) {
    long start = Threads.start(size.elements(), thread, threads);
    long end = Threads.start(size.elements(), thread + 1, threads);
    long sum = 0;
    for (long i = start; i < end; i++) {
      long key = Elements.key(i, size.keys());
      Long factor = factors.get(key);
      if (factor == null) {
        throw new IllegalStateException("nothing is known of " + key);
      }
      sum += Elements.hash(key, Elements.number(i) * factor);
    }
    Checksum.add(sum, end - start);
    return null;
  }
}
