package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a pipeline's source and last function leave word for the test: functions are serialized, so
 * this is the one way back inside a JVM.
 *
 * <p>Thread-safe.
 */
final class Collected {
  private static final Map<String, Collected> RUNS = new ConcurrentHashMap<>();

  private final Queue<Observation.Row> rows = new ConcurrentLinkedQueue<>();
  private final AtomicInteger read = new AtomicInteger();
  private final Map<Integer, List<Timeline.Element>> finalized = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> timeToDrain = new CompletableFuture<>();

  private Collected() {}

  /** What the run of a name has left so far. */
  static Collected of(String run) {
    return RUNS.computeIfAbsent(run, name -> new Collected());
  }

  /** Forgets a run. */
  static void forget(String run) {
    RUNS.remove(run);
  }

  /** Adds an element of the output. */
  void add(Observation.Row row) {
    rows.add(row);
  }

  /** A reader has read one more; after {@code limit} of all readers the job is to be drained. */
  void countRead(int limit) {
    if (read.incrementAndGet() == limit) {
      timeToDrain.complete(null);
    }
  }

  /** What a split has read up to a mark that is finalized. */
  void finalizeMark(int split, List<Timeline.Element> elements) {
    finalized.put(split, elements);
  }

  /** Completes when the job is to be drained. */
  CompletableFuture<Void> timeToDrain() {
    return timeToDrain;
  }

  /** The output. */
  Observation observation() {
    return new Observation(List.copyOf(rows));
  }

  /** All that the job has taken, by the last mark of each split. */
  List<Timeline.Element> taken() {
    List<Timeline.Element> all = new ArrayList<>();
    finalized.values().forEach(all::addAll);
    return all;
  }
}
