package dev.tidemark.benchmarks.workloads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Groups} by hand: each thread makes its part of the elements and sorts them by the thread
 * that has their key, then each groups those that it has in a hash map of lists. Frozen.
 */
final class PlainGroups {
  private final Size size;
  private final int threads;

  PlainGroups(Size size, int threads) {
    this.size = size;
    this.threads = threads;
  }

  /** Keys and values, side by side. */
  private static final class Pairs {
    private long[] keys = new long[1 << 10];
    private final List<byte[]> values = new ArrayList<>();

    void add(long key, byte[] value) {
      if (values.size() == keys.length) {
        keys = Arrays.copyOf(keys, 2 * keys.length);
      }
      keys[values.size()] = key;
      values.add(value);
    }
  }

  void run() throws Exception {
    List<Pairs[]> made = Threads.run(threads, this::make);
    Threads.run(threads, thread -> group(made, thread));
  }

  private Pairs[] make(int thread) {
    Pairs[] byOwner = new Pairs[threads];
    Arrays.setAll(byOwner, owner -> new Pairs());
    long end = Threads.start(size.elements(), thread + 1, threads);
    for (long i = Threads.start(size.elements(), thread, threads); i < end; i++) {
      long key = Elements.key(i, size.keys());
      byOwner[Threads.owner(key, threads)].add(key, Elements.bytes(i, size.bytes()));
    }
    return byOwner;
  }

  private Void group(List<Pairs[]> made, int owner) {
    Map<Long, List<byte[]>> groups = new HashMap<>();
    for (Pairs[] byOwner : made) {
      Pairs pairs = byOwner[owner];
      for (int i = 0; i < pairs.values.size(); i++) {
        groups.computeIfAbsent(pairs.keys[i], any -> new ArrayList<>()).add(pairs.values.get(i));
      }
    }
    add(groups);
    return null;
  }

  /** Adds groups to the checksum. */
  static void add(Map<Long, List<byte[]>> groups) {
    long sum = 0;
    for (Map.Entry<Long, List<byte[]>> group : groups.entrySet()) {
      long key = group.getKey();
      for (byte[] value : group.getValue()) {
        sum += Elements.hash(key, value);
      }
    }
    Checksum.add(sum, groups.size());
  }
}
