package dev.tidemark.benchmarks.durability;

import java.io.Serializable;

/**
 * What is to be summed up: {@link #adds} elements, of which the first ones touch each key once and
 * the others keys at random, and then, if it asks, a question for the sum of each key.
 *
 * <p>Immutable.
 *
 * @param keys how many keys there are
 * @param adds how many elements add to a key
 * @param splits in how many parts the elements come
 * @param payloadBytes how many bytes are kept for each key beside its sum, so that state grows
 * @param asks whether there are questions; else the sums are told at the end
 */
record Workload(long keys, long adds, int splits, int payloadBytes, boolean asks)
    implements Serializable {
  /** The value of an element that asks for the sum. */
  static final long QUESTION = -1;

  private static final int VALUES = 100;

  Workload {
    if (keys % splits != 0 || adds % splits != 0 || adds < keys) {
      throw new IllegalArgumentException(
          "keys and adds are to be multiples of " + splits + ", and no fewer adds than keys");
    }
  }

  /** How many elements a split has. */
  long size() {
    return (asks ? keys + adds : adds) / splits;
  }

  /**
   * The key of an element of a split. A key is in one split only, so that it is asked for its sum
   * when all was added.
   */
  long key(int split, long index) {
    long element = index * splits + split;
    if (element < keys) {
      return element;
    }
    return element < adds
        ? Long.remainderUnsigned(mix(element), keys / splits) * splits + split
        : element - adds;
  }

  /** What an element of a split adds, or {@link #QUESTION}. */
  long value(int split, long index) {
    long element = index * splits + split;
    return element < adds ? element % VALUES : QUESTION;
  }

  /** The sum of all sums. */
  long answer() {
    long rest = adds % VALUES;
    return adds / VALUES * (VALUES * (VALUES - 1) / 2) + rest * (rest - 1) / 2;
  }

  /** The finalizer of splitmix64: neighbours get keys far from each other. */
  private static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
