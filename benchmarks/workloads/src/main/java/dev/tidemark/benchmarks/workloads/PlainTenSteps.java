package dev.tidemark.benchmarks.workloads;

/** {@link TenParDos} by hand: each thread calls the ten functions for its part. Frozen. */
final class PlainTenSteps {
  private final Size size;
  private final int threads;

  PlainTenSteps(Size size, int threads) {
    this.size = size;
    this.threads = threads;
  }

  void run() throws Exception {
    Threads.run(threads, this::steps);
  }

  private Void steps(int thread) {
    long start = Threads.start(size.elements(), thread, threads);
    long end = Threads.start(size.elements(), thread + 1, threads);
    long sum = 0;
    for (long i = start; i < end; i++) {
      long number = i;
      for (int step = 0; step < TenParDos.STEPS; step++) {
        number = Elements.step(step, number);
      }
      sum += number;
    }
    Checksum.add(sum, end - start);
    return null;
  }
}
