package dev.tidemark.benchmarks.workloads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that do the same to a part each. */
final class Threads {
  private Threads() {}

  /** What a thread does; it is given its number. */
  interface Part<T> {
    T run(int thread) throws Exception;
  }

  /** Runs a part in each thread, and gives what they returned when all are done. */
  static <T> List<T> run(int threads, Part<T> part) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<T>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        calls.add(() -> part.run(thread));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> done : pool.invokeAll(calls)) {
        results.add(done.get());
      }
      return results;
    } finally {
      pool.shutdown();
    }
  }

  /** The first element of a thread's part; that of the thread after the last is the end. */
  static long start(long elements, int thread, int threads) {
    return elements * thread / threads;
  }

  /** The thread that has a key. */
  static int owner(long key, int threads) {
    return (int) (((Elements.mix(key) >>> 32) * threads) >>> 32);
  }
}
