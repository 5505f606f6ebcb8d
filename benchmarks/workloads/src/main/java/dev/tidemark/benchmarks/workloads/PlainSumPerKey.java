package dev.tidemark.benchmarks.workloads;

import java.util.HashMap;
import java.util.Map;

/**
 * {@link SumPerKey} by hand: each thread sums its part of the elements up in a hash map; at the end
 * the maps become one. Frozen.
 */
final class PlainSumPerKey {
  private final Size size;
  private final int threads;

  PlainSumPerKey(Size size, int threads) {
    this.size = size;
    this.threads = threads;
  }

  void run() throws Exception {
    Map<Long, long[]> all = new HashMap<>();
    for (Map<Long, long[]> part : Threads.run(threads, this::sum)) {
      part.forEach((key, sum) -> all.computeIfAbsent(key, any -> new long[1])[0] += sum[0]);
    }
    long hashes = 0;
    for (Map.Entry<Long, long[]> sum : all.entrySet()) {
      hashes += Elements.hash(sum.getKey(), sum.getValue()[0]);
    }
    Checksum.add(hashes, all.size());
  }

  private Map<Long, long[]> sum(int thread) {
    Map<Long, long[]> sums = new HashMap<>();
    long end = Threads.start(size.elements(), thread + 1, threads);
    for (long i = Threads.start(size.elements(), thread, threads); i < end; i++) {
      sums.computeIfAbsent(Elements.key(i, size.keys()), any -> new long[1])[0] +=
          Elements.number(i);
    }
    return sums;
  }
}
