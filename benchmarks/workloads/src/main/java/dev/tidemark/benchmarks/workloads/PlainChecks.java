package dev.tidemark.benchmarks.workloads;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What comes out of work that is there for its size, found without keeping any of it: results are
 * held against it, times are not. Frozen.
 */
final class PlainChecks {
  private final Size size;
  private final int threads;

  PlainChecks(Size size, int threads) {
    this.size = size;
    this.threads = threads;
  }

  /** Of {@link Groups}: each thread has the keys of a range. */
  void distinctKeys() throws Exception {
    Threads.run(threads, this::distinctKeys);
  }

  private Void distinctKeys(int thread) {
    long from = Threads.start(size.keys(), thread, threads);
    long to = Threads.start(size.keys(), thread + 1, threads);
    BitSet known = new BitSet((int) (to - from));
    long sum = 0;
    for (long i = 0; i < size.elements(); i++) {
      long key = Elements.key(i, size.keys());
      if (key >= from && key < to) {
        known.set((int) (key - from));
        sum += Elements.hash(key, Elements.bytes(i, size.bytes()));
      }
    }
    Checksum.add(sum, known.cardinality());
    return null;
  }

  /** Of {@link HotKey}. */
  void hotKey() throws Exception {
    long sum = sums(index -> 0, 1)[0];
    Checksum.add(Elements.hash(sum, sum), 1);
  }

  /** Of {@link HotJoin}. */
  void hotJoin() throws Exception {
    int keys = Math.toIntExact(size.keys());
    long[] sums = sums(index -> HotJoin.key(index, keys), keys);
    long hashes = 0;
    for (int key = 0; key < keys; key++) {
      hashes += Elements.hash(key, sums[key] * Elements.factor(key));
    }
    Checksum.add(hashes, keys);
  }

  /** Of {@link LargeSideInput}. */
  void largeSideInput() throws Exception {
    Threads.run(threads, this::largeSideInput);
  }

  private Void largeSideInput(int thread) {
    long start = Threads.start(size.elements(), thread, threads);
    long end = Threads.start(size.elements(), thread + 1, threads);
    long sum = 0;
    for (long i = start; i < end; i++) {
      long key = Elements.key(i, size.keys());
      sum += Elements.hash(key, Elements.bytes(key, size.bytes()));
    }
    Checksum.add(sum, end - start);
    return null;
  }

  /** The key of an element. */
  private interface Keys {
    long key(long index);
  }

  /** What the hashes of the elements of each key come to. */
  private long[] sums(Keys keyOf, int keys) throws Exception {
    long[] all = new long[keys];
    for (long[] part : Threads.run(threads, thread -> part(thread, keyOf, keys))) {
      Arrays.setAll(all, key -> all[key] + part[key]);
    }
    return all;
  }

  private long[] part(int thread, Keys keyOf, int keys) {
    long[] sums = new long[keys];
    long end = Threads.start(size.elements(), thread + 1, threads);
    for (long i = Threads.start(size.elements(), thread, threads); i < end; i++) {
      long key = keyOf.key(i);
      sums[(int) key] += Elements.hash(key, Elements.bytes(i, size.bytes()));
    }
    return sums;
  }
}
