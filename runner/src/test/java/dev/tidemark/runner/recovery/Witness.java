package dev.tidemark.runner.recovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What happens outside of a job, and so survives its crashes: gates of readers, calls of
 * finalizers, reports of results. Complains of what must not happen.
 *
 * <p>Thread-safe.
 */
final class Witness {
  private static final Map<String, Witness> ALL = new ConcurrentHashMap<>();

  private final AtomicLong elementsToCrash = new AtomicLong(Long.MAX_VALUE);
  private final Map<String, Gate> gates = new TreeMap<>();
  private final Map<String, Integer> finalizedMarks = new HashMap<>();
  private final Map<String, Integer> splitCalls = new HashMap<>();
  private final Map<String, List<String>> results = new TreeMap<>();
  private final Map<String, String> effects = new HashMap<>();
  private final Map<String, Long> epochOfMade = new ConcurrentHashMap<>();
  private final Set<Long> called = ConcurrentHashMap.newKeySet();
  private final Map<Long, Long> epochOfFinalizer = new ConcurrentHashMap<>();
  private final AtomicLong finalizers = new AtomicLong();
  private final List<String> complaints = new ArrayList<>();
  private volatile boolean missedTheBeginning;
  private volatile long epoch;
  private volatile long committed;

  /** The witness of a run, which it stays whatever the processes of the run are. */
  static Witness of(String run) {
    return ALL.computeIfAbsent(run, any -> new Witness());
  }

  static void forget(String run) {
    ALL.remove(run);
  }

  // ---- told by the test

  /** A new process begins; gates of the one before it do not matter any more. */
  synchronized void begins(long elementsToCrashIn) {
    gates.clear();
    elementsToCrash.set(elementsToCrashIn);
  }

  /** Another JVM has begun the job: what it has made there is not known here. */
  void missedTheBeginning() {
    missedTheBeginning = true;
  }

  void epoch(long running, long lastCommitted) {
    epoch = running;
    committed = lastCommitted;
  }

  void committed(long lastCommitted) {
    committed = lastCommitted;
  }

  synchronized List<Gate> gates() {
    return List.copyOf(gates.values());
  }

  /** How far the splits of a source are read, with a mark. */
  synchronized Map<String, Integer> read(String source) {
    Map<String, Integer> read = new TreeMap<>();
    gates.forEach(
        (split, gate) -> {
          if (split.startsWith(source)) {
            read.put(split, gate.marked());
          }
        });
    return read;
  }

  synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }

  synchronized Map<String, List<String>> results() {
    return new TreeMap<>(results);
  }

  long finalizersCalled() {
    return called.size();
  }

  long finalizersRegistered() {
    return finalizers.get();
  }

  // ---- told by the job

  synchronized Gate openGate(String split, int position, int end) {
    Gate gate = new Gate(position, end);
    gates.put(split, gate);
    return gate;
  }

  synchronized void splits(String source) {
    splitCalls.merge(source, 1, Integer::sum);
  }

  synchronized int splitCalls(String source) {
    return splitCalls.getOrDefault(source, 0);
  }

  synchronized void finalizedMark(String split, int read) {
    Integer before = finalizedMarks.put(split, read);
    if (before != null && before > read) {
      complaints.add("marks of " + split + " finalized: " + read + " after " + before);
    }
  }

  /** A function gets one element; in a process that is to crash here, it does. */
  void element() {
    if (elementsToCrash.getAndDecrement() == 0) {
      throw new CrashingStore.Crash("at an element");
    }
  }

  /** A finalizer was registered; returns its id. */
  long registered() {
    long id = finalizers.incrementAndGet();
    epochOfFinalizer.put(id, epoch);
    return id;
  }

  /** A finalizer is called. */
  synchronized void called(long id) {
    Long of = epochOfFinalizer.get(id);
    if (!called.add(id)) {
      complaints.add("finalizer " + id + " called twice");
    }
    if (of == null || of > committed) {
      complaints.add(
          "finalizer of epoch " + of + " called when " + committed + " was the last committed");
    }
  }

  /** Something is done outside with what a function made of an element. */
  synchronized void effect(String what, String made) {
    String before = effects.put(what, made);
    if (before != null && !before.equals(made)) {
      complaints.add(what + " is done again, with something else");
    }
    Long entered = epochOfMade.get(made);
    if (entered == null ? !missedTheBeginning : entered > committed) {
      complaints.add(what + " is done with what is not committed");
    }
  }

  /** A function makes something that differs each time. */
  String make() {
    String made = UUID.randomUUID().toString();
    epochOfMade.put(made, epoch);
    return made;
  }

  /** What a sink has of a key, of all that ever came. */
  synchronized void result(String key, List<String> values) {
    List<String> sorted = values.stream().sorted().toList();
    @Nullable List<String> before = results.put(key, sorted);
    if (before != null && !before.equals(sorted)) {
      complaints.add("results of " + key + " told twice: " + before + ", then " + sorted);
    }
  }
}
