package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Translates combines. Where the combine function is a direct call the group itself combines, after
 * a partial combine before the exchange if that is allowed. Where the function runs in a harness,
 * the group is plain, see {@link HarnessCombine}.
 *
 * <p>Owned by the translation.
 */
final class CombineTranslator {
  private static final String OUTPUT = "out";

  private final GraphDraft draft;

  CombineTranslator(GraphDraft draft) {
    this.draft = draft;
  }

  void perKey(RunnerApi.PTransform transform) {
    CollectionId input = keyedInput(transform);
    RunnerApi.CombinePayload payload = Payloads.combine(transform);
    if (input == null || payload == null) {
      return;
    }
    if (!draft.isEmbedded(transform)) {
      new HarnessCombine(draft, transform, payload)
          .translate(input, Lifting.isAllowedInHarness(draft.windowing(input)));
    } else if (Lifting.isAllowed(draft.windowing(input))) {
      combine(transform, payload, partialCombine(transform, payload, input), true);
    } else {
      combine(transform, payload, input, false);
    }
  }

  void groupedValues(RunnerApi.PTransform transform) {
    asItStands(transform, Operation.CombineGroupedValues::new);
  }

  /** A part of a combine that the SDK has lifted itself, as it does to pack several into one. */
  void lifted(
      RunnerApi.PTransform transform, Function<RunnerApi.CombinePayload, Operation> operation) {
    if (draft.isEmbedded(transform)) {
      draft.problems().report(transform, "Java's combines are lifted by the runner, not before");
    } else {
      asItStands(transform, operation);
    }
  }

  private void asItStands(
      RunnerApi.PTransform transform, Function<RunnerApi.CombinePayload, Operation> operation) {
    CollectionId input = keyedInput(transform);
    RunnerApi.CombinePayload payload = Payloads.combine(transform);
    if (input != null && payload != null) {
      draft.add(
          operation.apply(payload),
          List.of(input),
          List.of(),
          transform,
          GraphDraft.environmentOf(transform));
    }
  }

  private CollectionId partialCombine(
      RunnerApi.PTransform transform, RunnerApi.CombinePayload payload, CollectionId input) {
    String name = transform.getUniqueName() + "/PartialCombine";
    String coder =
        draft.addCoder(
            name + ".coder", Coders.kv(keyCoder(input), payload.getAccumulatorCoderId()));
    CollectionId accumulators = draft.addCollection(name + ".out", coder, input);
    draft.add(
        new Node(
            new NodeId(name),
            new Operation.PartialCombine(payload),
            List.of(input),
            Map.of(OUTPUT, accumulators),
            List.of(),
            transform,
            GraphDraft.environmentOf(transform)));
    return accumulators;
  }

  private void combine(
      RunnerApi.PTransform transform,
      RunnerApi.CombinePayload payload,
      CollectionId input,
      boolean lifted) {
    draft.add(
        new Operation.CombinePerKey(payload, lifted),
        List.of(input),
        List.of(),
        transform,
        GraphDraft.environmentOf(transform));
  }

  private @Nullable CollectionId keyedInput(RunnerApi.PTransform transform) {
    CollectionId input = TransformTranslator.onlyInput(draft, transform);
    return input != null && TransformTranslator.requireKey(draft, transform, input) ? input : null;
  }

  private String keyCoder(CollectionId keyed) {
    return Objects.requireNonNull(
        Coders.keyCoder(draft.components(), draft.collection(keyed).coderId()));
  }
}
