package dev.tidemark.benchmarks.workloads;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Join} by hand: each thread makes its part of both inputs and sorts them by the thread that
 * has their key, then each puts together what it has in a hash map. Frozen.
 */
final class PlainJoin {
  private final Size size;
  private final int threads;

  PlainJoin(Size size, int threads) {
    this.size = size;
    this.threads = threads;
  }

  /** Numbers that grow in number. */
  private static final class Longs {
    private long[] values;
    private int count;

    Longs(int capacity) {
      values = new long[capacity];
    }

    void add(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = value;
    }
  }

  /** Keys and numbers in turns, and keys of which is known what they are multiplied with. */
  private static final class Inputs {
    private final Longs numbers = new Longs(1 << 10);
    private final Longs factors = new Longs(1 << 10);
  }

  private static final class Joined {
    private final Longs numbers = new Longs(4);
    private long factor;
  }

  void run() throws Exception {
    List<Inputs[]> made = Threads.run(threads, this::make);
    Threads.run(threads, thread -> join(made, thread));
  }

  private Inputs[] make(int thread) {
    Inputs[] byOwner = new Inputs[threads];
    Arrays.setAll(byOwner, owner -> new Inputs());
    long end = Threads.start(size.elements(), thread + 1, threads);
    for (long i = Threads.start(size.elements(), thread, threads); i < end; i++) {
      long key = Elements.key(i, size.keys());
      Longs numbers = byOwner[Threads.owner(key, threads)].numbers;
      numbers.add(key);
      numbers.add(Elements.number(i));
    }
    end = Threads.start(size.keys(), thread + 1, threads);
    for (long key = Threads.start(size.keys(), thread, threads); key < end; key++) {
      Longs factors = byOwner[Threads.owner(key, threads)].factors;
      factors.add(key);
      factors.add(Elements.factor(key));
    }
    return byOwner;
  }

  private Void join(List<Inputs[]> made, int owner) {
    Map<Long, Joined> joined = new HashMap<>();
    for (Inputs[] byOwner : made) {
      Longs factors = byOwner[owner].factors;
      for (int i = 0; i < factors.count; i += 2) {
        joined.computeIfAbsent(factors.values[i], any -> new Joined()).factor =
            factors.values[i + 1];
      }
      Longs numbers = byOwner[owner].numbers;
      for (int i = 0; i < numbers.count; i += 2) {
        joined
            .computeIfAbsent(numbers.values[i], any -> new Joined())
            .numbers
            .add(numbers.values[i + 1]);
      }
    }
    long hashes = 0;
    for (Map.Entry<Long, Joined> each : joined.entrySet()) {
      Longs numbers = each.getValue().numbers;
      long sum = 0;
      for (int i = 0; i < numbers.count; i++) {
        sum += numbers.values[i];
      }
      hashes += Elements.hash(each.getKey(), sum * each.getValue().factor);
    }
    Checksum.add(hashes, joined.size());
    return null;
  }
}
