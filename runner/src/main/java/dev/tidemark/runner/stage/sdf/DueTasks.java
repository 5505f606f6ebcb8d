package dev.tidemark.runner.stage.sdf;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * The tasks of one worker, which gives them out when they are due: those that were due first first.
 *
 * <p>Thread-safe.
 */
final class DueTasks {
  private final LongSupplier clock;
  private final PriorityQueue<Entry> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Entry::dueMillis).thenComparingLong(Entry::number));
  private long added;
  private boolean recalled;

  /** A task, and its place among those that are due at the same time. */
  private record Entry(long dueMillis, long number, ItemTask task) {}

  /**
   * Makes an empty one.
   *
   * @param clock processing time in milliseconds, which goes on by itself
   */
  DueTasks(LongSupplier clock) {
    this.clock = clock;
  }

  synchronized void add(ItemTask task) {
    boolean atOnce = recalled && task.phase() == ItemTask.Phase.UNDRAINED;
    waiting.add(new Entry(atOnce ? WorkItem.AT_ONCE : task.dueMillis(), added++, task));
    notifyAll();
  }

  /** The job is drained: makes due at once what was handed over before that, now and later. */
  synchronized void recall() {
    recalled = true;
    List<Entry> entries = List.copyOf(waiting);
    waiting.clear();
    entries.forEach(entry -> add(entry.task()));
    notifyAll();
  }

  /** Waits until a task is due, and removes it. */
  synchronized ItemTask take() throws InterruptedException {
    while (true) {
      Entry first = waiting.peek();
      long millis = first == null ? 0 : first.dueMillis() - clock.getAsLong();
      if (first != null && millis <= 0) {
        waiting.remove();
        return first.task();
      }
      wait(millis); // zero: until something is added
    }
  }
}
