package dev.tidemark.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Spreads groups of tests over forked JVMs. Thread-safe. */
final class WorkerPool {
  private final SuiteOptions options;
  private final List<String> command;

  /**
   * @param options the number of JVMs and the limits
   * @param command how a worker JVM is started
   */
  WorkerPool(SuiteOptions options, List<String> command) {
    this.options = options;
    this.command = List.copyOf(command);
  }

  /**
   * Runs {@code groups} and waits for them.
   *
   * @param groups what to run, in any order
   * @param results gets each result as it comes, from several threads
   */
  void run(List<TestGroup> groups, Consumer<TestResult> results) throws InterruptedException {
    List<TestGroup> longestFirst = new ArrayList<>(groups);
    longestFirst.sort(Comparator.comparingInt((TestGroup each) -> each.tests().size()).reversed());
    Queue<TestGroup> waiting = new ConcurrentLinkedQueue<>(longestFirst);
    List<Thread> threads = new ArrayList<>();
    for (int index = 0; index < Math.min(options.jvms(), groups.size()); index++) {
      Thread thread = new Thread(() -> drain(waiting, results), "suite-worker-" + index);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void drain(Queue<TestGroup> waiting, Consumer<TestResult> results) {
    try (Worker worker = new Worker(command, options.limit())) {
      for (TestGroup next = waiting.poll(); next != null; next = waiting.poll()) {
        worker.run(next, results);
      }
    }
  }
}
