package dev.tidemark.translation.graph;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What a {@link Node} does with its elements. A closed set: an executor has exactly one processor
 * (or source) for each.
 *
 * <p>Immutable. The payloads are Beam's own protos; coder and windowing ids in them refer to the
 * graph's components.
 */
public sealed interface Operation {

  /** Emits one empty byte array in the global window, then the end of time. */
  record Impulse() implements Operation {}

  /** Reads a Java {@code BoundedSource}. */
  record BoundedRead(RunnerApi.ReadPayload payload) implements Operation {}

  /** Reads a Java {@code UnboundedSource}. */
  record UnboundedRead(RunnerApi.ReadPayload payload) implements Operation {}

  /** Replays the events of a {@code TestStream}. */
  record TestStream(RunnerApi.TestStreamPayload payload) implements Operation {}

  /**
   * Runs a user's function that is not splittable.
   *
   * @param payload the function and its declarations
   * @param cells the state cells, sorted by id
   * @param timerFamilies the timers and timer families, sorted by id
   */
  record ParDo(
      RunnerApi.ParDoPayload payload, List<CellSpec> cells, List<TimerFamilySpec> timerFamilies)
      implements Operation {
    public ParDo {
      cells = List.copyOf(cells);
      timerFamilies = List.copyOf(timerFamilies);
    }

    /**
     * Whether the function keeps state, sets timers or wants its input sorted by time, and so needs
     * its input by key.
     */
    public boolean stateful() {
      return !cells.isEmpty() || !timerFamilies.isEmpty() || payload.getRequiresTimeSortedInput();
    }
  }

  /**
   * First part of a splittable function: element to {@code KV<element, KV<restriction, watermark
   * estimator state>>}.
   */
  record PairWithRestriction(RunnerApi.ParDoPayload payload) implements Operation {}

  /** Second part: splits each restriction and adds its size, {@code KV<the above, Double>}. */
  record SplitAndSizeRestrictions(RunnerApi.ParDoPayload payload) implements Operation {}

  /**
   * Third part: processes each element and restriction, until it is done or checkpointed.
   *
   * @param payload the function and its declarations
   * @param bounded whether each element gives a finite output; an unbounded one is run ahead of the
   *     sweep on a thread of its own
   */
  record ProcessSizedElements(RunnerApi.ParDoPayload payload, boolean bounded)
      implements Operation {}

  /** Assigns windows. */
  record WindowInto(RunnerApi.WindowIntoPayload payload) implements Operation {}

  /** Unites its inputs. */
  record Flatten() implements Operation {}

  /** Groups {@code KV<K, V>} into {@code KV<K, Iterable<V>>} by key and window. */
  record GroupByKey() implements Operation {}

  /**
   * Combines {@code KV<K, V>} into {@code KV<K, accumulator>} within one lane, or one bundle of a
   * harness, before the exchange. Its output coder is {@code KV<K, accumulator coder>}.
   */
  record PartialCombine(RunnerApi.CombinePayload payload) implements Operation {}

  /**
   * Groups by key and window and combines each group into {@code KV<K, output>}.
   *
   * @param payload the combine function
   * @param lifted whether the input holds accumulators, from a {@link PartialCombine}, rather than
   *     values
   */
  record CombinePerKey(RunnerApi.CombinePayload payload, boolean lifted) implements Operation {}

  /** Combines the values of each {@code KV<K, Iterable<V>>} into {@code KV<K, output>}. */
  record CombineGroupedValues(RunnerApi.CombinePayload payload) implements Operation {}

  /** Makes {@code KV<K, accumulator>} of each {@code KV<K, V>}, one by one; in a harness only. */
  record ConvertToAccumulators(RunnerApi.CombinePayload payload) implements Operation {}

  /** Merges the accumulators of each {@code KV<K, Iterable<accumulator>>}; in a harness only. */
  record MergeAccumulators(RunnerApi.CombinePayload payload) implements Operation {}

  /** Makes {@code KV<K, output>} of each {@code KV<K, accumulator>}; in a harness only. */
  record ExtractOutputs(RunnerApi.CombinePayload payload) implements Operation {}

  /**
   * Passes elements on unchanged with window, timestamp and pane; its input edge is an exchange.
   *
   * @param byKey whether elements of one key stay together and in one lane; otherwise they are
   *     spread evenly
   * @param allowDuplicates whether the user accepts duplicates, so that the edge need not be
   *     durable
   */
  record Redistribute(boolean byKey, boolean allowDuplicates) implements Operation {}

  /**
   * Makes {@code KV<empty byte array, element>} of each element, so that a collection can be
   * grouped as a whole. Its key coder is {@code beam:coder:bytes:v1}.
   */
  record WithEmptyKey() implements Operation {}

  /**
   * Makes {@code KV<ShardedKey<K>, V>} of each {@code KV<K, V>}: elements are dealt to shards in
   * turn, whatever their keys, and counted through all lanes.
   *
   * @param shards the number of shards, from 1 to 128
   */
  record WithShardedKey(int shards) implements Operation {}

  /**
   * Makes a collection readable as a side input. Its input is the collection, grouped under the
   * empty key ({@link WithEmptyKey}, then {@link GroupByKey}) with the collection's own windowing
   * strategy and trigger; each pane replaces what its window showed. Has no outputs.
   */
  record Materialize() implements Operation {}

  /**
   * Runs the nodes of a {@link Stage.Kind.Harness} stage in an SDK harness, as one: elements of the
   * first node's main input go in, what other stages read comes out. The node that has this
   * operation has that input, those outputs (by collection id), and the side inputs of all its
   * parts, whose tags are {@code <id of the part>/<tag there>}.
   *
   * @param environmentId the environment, in the graph's components
   * @param parts the nodes in topological order; only the first may be stateful or process
   *     restrictions
   */
  record Harness(String environmentId, List<Node> parts) implements Operation {
    public Harness {
      parts = List.copyOf(parts);
    }

    /** The node that takes the main input. */
    public Node root() {
      return parts.get(0);
    }

    /** The tag that a side input of a part has at the node as a whole. */
    public static String sideInputTag(NodeId part, String tag) {
      return part + "/" + tag;
    }
  }

  /**
   * Whether a lane may do a part of what another has begun: nothing is kept by key, and no key of
   * the input is taken for one of the output, as the keys of an output that a user's function makes
   * never are.
   */
  default boolean isShareable() {
    return this instanceof ProcessSizedElements
        || (this instanceof Harness harness
            && (harness.root().operation() instanceof ProcessSizedElements
                || (harness.root().operation() instanceof ParDo parDo && !parDo.stateful())));
  }

  /** Whether it needs its input by key, as a user's function that keeps state or sets timers. */
  default boolean needsKeys() {
    return this instanceof ParDo parDo
        ? parDo.stateful()
        : this instanceof Harness harness && harness.root().operation().needsKeys();
  }
}
