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
 * One combine whose function runs in a harness. The runner groups; the harness combines what is in
 * a group. Where combining may begin before the exchange, the harness makes accumulators there, and
 * merges those of a group.
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
   * @param lifted whether to combine before the exchange, too
   */
  void translate(CollectionId input, boolean lifted) {
    String environment = GraphDraft.environmentOf(transform);
    if (!lifted) {
      add(
          "/CombineGroupedValues",
          new Operation.CombineGroupedValues(payload),
          group(input),
          output,
          environment);
      return;
    }
    String key = keyCoder(input);
    String pairs =
        draft.addCoder(
            transform.getUniqueName() + "/accumulators.coder",
            Coders.kv(key, payload.getAccumulatorCoderId()));
    CollectionId partial = collection("/PartialCombine.out", pairs, input);
    add("/PartialCombine", new Operation.PartialCombine(payload), input, partial, environment);
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
