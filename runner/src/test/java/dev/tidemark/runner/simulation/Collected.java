package dev.tidemark.runner.simulation;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Where the last function of a pipeline leaves its rows for the test: functions are serialized, so
 * this is the one way back inside a JVM.
 *
 * <p>Thread-safe.
 */
final class Collected {
  private static final Map<String, Queue<Observation.Row>> RUNS = new ConcurrentHashMap<>();

  private Collected() {}

  static void add(String run, Observation.Row row) {
    RUNS.computeIfAbsent(run, name -> new ConcurrentLinkedQueue<>()).add(row);
  }

  /** Takes what a run has left. */
  static Observation take(String run) {
    Queue<Observation.Row> rows = RUNS.remove(run);
    return new Observation(rows == null ? List.of() : List.copyOf(rows));
  }
}
