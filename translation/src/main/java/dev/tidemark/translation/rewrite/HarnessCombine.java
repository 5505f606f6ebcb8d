package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * One combine whose function runs in a harness. The harness makes accumulators, of many elements of
 * a key where combining may begin before the exchange, else of each; the runner groups them; the
 * harness merges those of a group. (Combining the values of a group is not for all: Go's harness
 * does not know it.)
 *
 * <p>Owned by the translation.
 */
final class HarnessCombine {
  private static final String OUTPUT = "out";

  private final GraphDraft draft;
  private final RunnerApi.PTransform transform;
  private final RunnerApi.CombinePayload payload;
  private final CollectionId output;

  HarnessCombine(
      GraphDraft draft, RunnerApi.PTransform transform, RunnerApi.CombinePayload payload) {
    this.draft = draft;
    this.transform = transform;
    this.payload = payload;
    this.output = new CollectionId(transform.getOutputsMap().values().iterator().next());
  }

  /**
   * Adds its nodes.
   *
   * @param input of pairs
   * @param lifted whether to combine before the exchange
   */
  void translate(CollectionId input, boolean lifted) {
    String environment = GraphDraft.environmentOf(transform);
    String key = keyCoder(input);
    String pairs =
        draft.addCoder(
            transform.getUniqueName() + "/accumulators.coder",
            Coders.kv(key, payload.getAccumulatorCoderId()));
    String first = lifted ? "/PartialCombine" : "/ConvertToAccumulators";
    CollectionId partial = collection(first + ".out", pairs, input);
    add(
        first,
        lifted
            ? new Operation.PartialCombine(payload)
            : new Operation.ConvertToAccumulators(payload),
        input,
        partial,
        environment);
    CollectionId merged = collection("/MergeAccumulators.out", pairs, output);
    add(
        "/MergeAccumulators",
        new Operation.MergeAccumulators(payload),
        group(partial),
        merged,
        environment);
    add("/ExtractOutputs", new Operation.ExtractOutputs(payload), merged, output, environment);
  }

  private CollectionId group(CollectionId pairs) {
    String name = transform.getUniqueName() + "/GroupByKey";
    String values =
        Objects.requireNonNull(
            Coders.valueCoder(draft.components(), draft.collection(pairs).coderId()));
    String iterable = draft.addCoder(name + ".values", Coders.iterable(values));
    String coder = draft.addCoder(name + ".coder", Coders.kv(keyCoder(pairs), iterable));
    // Windows are merged by the group, so the groups have the windowing of the combine's output.
    CollectionId groups = collection("/GroupByKey.out", coder, output);
    add("/GroupByKey", new Operation.GroupByKey(), pairs, groups, null);
    return groups;
  }

  private CollectionId collection(String suffix, String coder, CollectionId like) {
    return draft.addCollection(transform.getUniqueName() + suffix, coder, like);
  }

  private String keyCoder(CollectionId pairs) {
    return Objects.requireNonNull(
        Coders.keyCoder(draft.components(), draft.collection(pairs).coderId()));
  }

  private void add(
      String suffix,
      Operation operation,
      CollectionId from,
      CollectionId to,
      @Nullable String environment) {
    draft.add(
        new Node(
            new NodeId(transform.getUniqueName() + suffix),
            operation,
            List.of(from),
            to.equals(output) ? GraphDraft.outputs(transform) : Map.of(OUTPUT, to),
            List.of(),
            transform,
            environment));
  }
}
