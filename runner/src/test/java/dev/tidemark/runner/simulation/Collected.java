package dev.tidemark.runner.simulation;

import dev.tidemark.runner.recovery.CrashingStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's source and last function leave word for the test: functions are serialized, so
 * this is the one way back inside a JVM.
 *
 * <p>Thread-safe.
 */
final class Collected {
  private static final Map<String, Collected> RUNS = new ConcurrentHashMap<>();

  private final Queue<Observation.Row> rows = new ConcurrentLinkedQueue<>();
  private final AtomicInteger rowsToCrash = new AtomicInteger(Integer.MAX_VALUE);
  private volatile List<Observation.Row> committed = List.of();
  private volatile @Nullable Invariants invariants;
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

  /** Adds an element of the output; in a process that is to crash at it, it does. */
  void add(Observation.Row row) {
    if (rowsToCrash.getAndDecrement() == 0) {
      throw new CrashingStore.Crash("at an element of the output");
    }
    rows.add(row);
  }

  /** All rows so far are committed. */
  void commit() {
    committed = List.copyOf(rows);
  }

  /**
   * A process begins: what others have added and not committed has never been.
   *
   * @param rowsToCrashAt at which of its rows it crashes, from 0
   */
  void begin(int rowsToCrashAt) {
    rows.clear();
    rows.addAll(committed);
    rowsToCrash.set(rowsToCrashAt);
  }

  /** Has what happens in the run told to these. */
  void watch(Invariants watching) {
    invariants = watching;
  }

  /** Who is told of what happens in a run that is watched. */
  Invariants invariants() {
    return Objects.requireNonNull(invariants, "not watched");
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
    Invariants watching = invariants;
    if (watching != null) {
      watching.finalizedMark(split, elements);
    }
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
