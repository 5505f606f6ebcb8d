package dev.tidemark.runner.simulation;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.StateEntry;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.joda.time.Instant;

/**
 * What holds at all times in a job that keeps its state, wherever it crashes. Is told of what
 * happens, by the test, by the store and by the pipeline's own functions, and takes note of what is
 * broken, by name.
 *
 * <p>Thread-safe.
 */
final class Invariants {
  /** What is promised. */
  enum Name {
    /** A watermark does not pass an element that is not committed; in the end all are. */
    NO_LOSS,
    /** Nothing is committed more often than the source has it. */
    NO_DUPLICATE,
    /** A node's watermark never goes back. */
    WATERMARK_MONOTONIC,
    /** A process finds the watermarks that were committed. */
    WATERMARK_KEPT,
    /** No watermark is beyond a hold or a timer's output, and nothing is emitted behind one. */
    HOLDS_RESPECTED,
    /** Finalizers, and those of marks, are called for what is committed. */
    FINALIZED_AFTER_COMMIT,
    /** None is called twice. */
    FINALIZED_ONCE,
    /** Marks are finalized in their order. */
    FINALIZED_IN_ORDER,
    /** All of a committed epoch are called, unless the process crashes. */
    FINALIZED_ALWAYS
  }

  private static final int NODE_BYTES = Integer.BYTES;
  private static final int OUTPUT_TIME = Long.BYTES;

  private final Map<Timeline.Element, Integer> elements;
  private final Map<Timeline.Element, Integer> committedElements = new HashMap<>();
  private final List<Timeline.Element> taken = new ArrayList<>();
  private final Map<Long, Long> epochsOfFinalizers = new LinkedHashMap<>();
  private final Set<Long> finalized = new HashSet<>();
  private final Map<Integer, Integer> marks = new HashMap<>();
  private final Map<Long, Map<NodeId, Instant>> watermarksAfter = new HashMap<>();
  private final List<String> broken = new ArrayList<>();
  private Map<NodeId, Instant> watermarks = Map.of();
  private long resultsWatermark = Long.MIN_VALUE;
  private long finalizers;
  private long epoch;
  private long committed;

  /**
   * Those of a job.
   *
   * @param elements all that its source has
   */
  Invariants(List<Timeline.Element> elements) {
    this.elements = counted(elements);
  }

  private static Map<Timeline.Element, Integer> counted(List<Timeline.Element> elements) {
    Map<Timeline.Element, Integer> counts = new HashMap<>();
    elements.forEach(element -> counts.merge(element, 1, Integer::sum));
    return counts;
  }

  private void breaks(Name name, String what) {
    broken.add(name + ": " + what);
  }

  /** What was broken so far. */
  synchronized List<String> broken() {
    return List.copyOf(broken);
  }

  // ---- told by the test and the store

  /** A process begins, after this epoch: what others did and did not commit has never been. */
  synchronized void processBegins(long lastCommitted) {
    committed = lastCommitted;
    taken.clear();
    epochsOfFinalizers.clear();
    watermarksAfter.keySet().removeIf(after -> after > lastCommitted);
    resultsWatermark = Long.MIN_VALUE;
  }

  /** What a process finds. */
  synchronized void found(Map<NodeId, Instant> found) {
    Map<NodeId, Instant> left = watermarksAfter.getOrDefault(committed, found);
    if (!found.equals(left)) {
      breaks(Name.WATERMARK_KEPT, "watermarks were " + left + " and are " + found);
    }
    watermarks = found;
  }

  synchronized void epochBegins(long number) {
    epoch = number;
  }

  /** Something is committed. */
  synchronized void committed(long lastCommitted) {
    committed = lastCommitted;
    taken.forEach(element -> committedElements.merge(element, 1, Integer::sum));
    taken.clear();
    committedElements.forEach(
        (element, count) -> {
          if (count > elements.getOrDefault(element, 0)) {
            breaks(Name.NO_DUPLICATE, element + " is committed " + count + " times");
          }
        });
  }

  /**
   * An epoch is over, its commit too.
   *
   * @param after watermarks of all nodes
   * @param takenWatermark that of the function which tells what is taken
   * @param promisedOfResults before which no result may come any more
   */
  synchronized void epochEnds(
      Map<NodeId, Instant> after,
      Instant takenWatermark,
      Instant promisedOfResults,
      StateStore store) {
    after.forEach(
        (node, watermark) -> {
          Instant was = watermarks.getOrDefault(node, watermark);
          if (watermark.isBefore(was)) {
            breaks(Name.WATERMARK_MONOTONIC, node + " goes from " + was + " to " + watermark);
          }
        });
    watermarks = after;
    watermarksAfter.put(epoch, after);
    resultsWatermark = promisedOfResults.getMillis();
    checkTaken(takenWatermark.getMillis());
    checkHolds(store);
    epochsOfFinalizers.forEach(
        (id, of) -> {
          if (of <= committed) {
            breaks(Name.FINALIZED_ALWAYS, "not finalizer " + id + " of epoch " + of);
          }
        });
  }

  /** The job is done: no watermark holds anything back any more. */
  synchronized void jobEnds() {
    checkTaken(Long.MAX_VALUE);
  }

  private void checkTaken(long watermark) {
    elements.forEach(
        (element, count) -> {
          if (element.timeMillis() < watermark
              && committedElements.getOrDefault(element, 0) < count) {
            breaks(Name.NO_LOSS, element + " is passed by watermark " + watermark);
          }
        });
  }

  /** Compares with what is written, so that it does not matter how the runner counts. */
  private void checkHolds(StateStore store) {
    Map<Integer, NodeId> nodes = new HashMap<>();
    forEach(
        store,
        'n',
        entry ->
            nodes.put(
                entry.value().array().length == NODE_BYTES
                    ? ByteBuffer.wrap(entry.value().array()).getInt()
                    : 0,
                new NodeId(
                    new String(
                        entry.key().array(),
                        1,
                        entry.key().length() - 1,
                        StandardCharsets.UTF_8))));
    forEach(store, 'h', entry -> checkHold(nodes, entry, 0));
    forEach(store, 't', entry -> checkHold(nodes, entry, OUTPUT_TIME));
  }

  private void checkHold(Map<Integer, NodeId> nodes, StateEntry entry, int position) {
    NodeId node = nodes.get(ByteBuffer.wrap(entry.key().array(), 1, NODE_BYTES).getInt());
    Instant watermark = node == null ? null : watermarks.get(node);
    long hold = ByteBuffer.wrap(entry.value().array()).getLong(position) ^ Long.MIN_VALUE;
    if (watermark != null && watermark.getMillis() > hold) {
      breaks(
          Name.HOLDS_RESPECTED,
          node + " has a hold or timer for " + hold + " and is at " + watermark.getMillis());
    }
  }

  private static void forEach(StateStore store, char table, Consumer<StateEntry> consumer) {
    try (StateScan scan = store.scan(Bytes.of(new byte[] {(byte) table}))) {
      scan.forEachRemaining(consumer);
    }
  }

  // ---- told by the job

  /** The function behind the source has got an element. */
  synchronized void taken(Timeline.Element element) {
    taken.add(element);
  }

  /** The function before the sink has got a result. */
  synchronized void result(long timestampMillis) {
    if (timestampMillis < resultsWatermark) {
      breaks(
          Name.HOLDS_RESPECTED,
          "a result of time " + timestampMillis + " comes behind watermark " + resultsWatermark);
    }
  }

  /** A finalizer is registered; returns its number. */
  synchronized long registered() {
    epochsOfFinalizers.put(++finalizers, epoch);
    return finalizers;
  }

  /** A finalizer is called. */
  synchronized void finalized(long id) {
    if (!finalized.add(id)) {
      breaks(Name.FINALIZED_ONCE, "finalizer " + id + " is called again");
      return;
    }
    Long of = epochsOfFinalizers.remove(id);
    if (of == null || of > committed) {
      breaks(
          Name.FINALIZED_AFTER_COMMIT,
          "finalizer " + id + " of epoch " + of + " when " + committed + " is committed");
    }
  }

  /** The mark of a split is finalized, behind these elements of it. */
  synchronized void finalizedMark(int split, List<Timeline.Element> read) {
    Integer before = marks.put(split, read.size());
    if (before != null && before > read.size()) {
      breaks(Name.FINALIZED_IN_ORDER, "split " + split + " at " + read.size() + " after " + before);
    }
    counted(read)
        .forEach(
            (element, count) -> {
              if (committedElements.getOrDefault(element, 0) < count) {
                breaks(
                    Name.FINALIZED_AFTER_COMMIT,
                    "a mark of split " + split + " behind " + element + ", not committed");
              }
            });
  }
}
