package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.jspecify.annotations.Nullable;

/**
 * Adds the nodes of one transform to the draft: sources, windows, flattens and groups itself, the
 * rest through the translator of its family.
 *
 * <p>Owned by the translation.
 */
final class TransformTranslator {
  private final GraphDraft draft;
  private final TestStreamTranslator testStreams;
  private final ParDoTranslator parDos;
  private final CombineTranslator combines;
  private final RedistributeTranslator redistributes;

  TransformTranslator(GraphDraft draft) {
    this.draft = draft;
    this.testStreams = new TestStreamTranslator(draft);
    this.parDos = new ParDoTranslator(draft);
    this.combines = new CombineTranslator(draft);
    this.redistributes = new RedistributeTranslator(draft);
  }

  /** Translates a transform that {@link KnownTransforms} takes as a leaf. */
  void translate(RunnerApi.PTransform transform) {
    switch (transform.getSpec().getUrn()) {
      case PTransformTranslation.IMPULSE_TRANSFORM_URN ->
          source(transform, new Operation.Impulse());
      case LegacyUrns.READ -> source(transform, read(transform));
      case PTransformTranslation.TEST_STREAM_TRANSFORM_URN -> testStreams.translate(transform);
      case PTransformTranslation.FLATTEN_TRANSFORM_URN ->
          draft.add(new Operation.Flatten(), flattenInputs(transform), List.of(), transform, null);
      case PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN -> groupByKey(transform);
      case PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN -> windowInto(transform);
      case PTransformTranslation.PAR_DO_TRANSFORM_URN -> parDos.translate(transform);
      case PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN -> combines.perKey(transform);
      case PTransformTranslation.COMBINE_GROUPED_VALUES_TRANSFORM_URN ->
          combines.groupedValues(transform);
      case PTransformTranslation.COMBINE_PER_KEY_PRECOMBINE_TRANSFORM_URN ->
          combines.lifted(transform, Operation.PartialCombine::new);
      case PTransformTranslation.COMBINE_PER_KEY_CONVERT_TO_ACCUMULATORS_TRANSFORM_URN ->
          combines.lifted(transform, Operation.ConvertToAccumulators::new);
      case PTransformTranslation.COMBINE_PER_KEY_MERGE_ACCUMULATORS_TRANSFORM_URN ->
          combines.lifted(transform, Operation.MergeAccumulators::new);
      case PTransformTranslation.COMBINE_PER_KEY_EXTRACT_OUTPUTS_TRANSFORM_URN ->
          combines.lifted(transform, Operation.ExtractOutputs::new);
      case PTransformTranslation.RESHUFFLE_URN -> redistributes.reshuffle(transform);
      case PTransformTranslation.REDISTRIBUTE_BY_KEY_URN ->
          redistributes.redistribute(transform, true);
      case PTransformTranslation.REDISTRIBUTE_ARBITRARILY_URN ->
          redistributes.redistribute(transform, false);
      case ShardedKeys.WITH_SHARDED_KEY -> withShardedKey(transform);
      default -> throw new IllegalStateException("not a leaf: " + transform.getUniqueName());
    }
  }

  private void source(RunnerApi.PTransform transform, @Nullable Operation operation) {
    if (operation == null) {
      draft.problems().report(transform, "its payload cannot be read");
    } else if (transform.getInputsCount() > 0) {
      draft.problems().report(transform, "it is a source and yet has an input");
    } else {
      draft.add(operation, List.of(), List.of(), transform, null);
    }
  }

  private @Nullable Operation read(RunnerApi.PTransform transform) {
    RunnerApi.ReadPayload payload = Payloads.read(transform);
    if (payload == null) {
      return null;
    }
    if (!draft.isEmbedded(transform)) {
      draft
          .problems()
          .report(
              transform,
              "a Java source can be read only where the job runs in the JVM that holds its classes;"
                  + " add --experiments=use_sdf_read");
    }
    return payload.getIsBounded() == RunnerApi.IsBounded.Enum.UNBOUNDED
        ? new Operation.UnboundedRead(payload)
        : new Operation.BoundedRead(payload);
  }

  private void groupByKey(RunnerApi.PTransform transform) {
    CollectionId input = onlyInput(transform);
    if (input != null && requireKey(transform, input)) {
      if (draft.foreign()) {
        groupAsEncoded(transform, input);
      }
      draft.add(new Operation.GroupByKey(), List.of(input), List.of(), transform, null);
    }
  }

  /** The runner has only bytes of keys and values, so groups are encoded like them. */
  private void groupAsEncoded(RunnerApi.PTransform transform, CollectionId input) {
    RunnerApi.ComponentsOrBuilder components = draft.components();
    String pairs = draft.collection(input).coderId();
    String key = Objects.requireNonNull(Coders.keyCoder(components, pairs));
    String values =
        draft.addCoder(
            input + ".values",
            Coders.iterable(Objects.requireNonNull(Coders.valueCoder(components, pairs))));
    draft.setCoders(transform, draft.addCoder(input + ".groups", Coders.kv(key, values)));
  }

  private void withShardedKey(RunnerApi.PTransform transform) {
    CollectionId input = onlyInput(transform);
    if (input != null) {
      Operation operation = new Operation.WithShardedKey(ShardedKeys.SHARDS);
      draft.add(operation, List.of(input), List.of(), transform, null);
    }
  }

  private void windowInto(RunnerApi.PTransform transform) {
    CollectionId input = onlyInput(transform);
    RunnerApi.WindowIntoPayload payload = Payloads.windowInto(transform);
    if (payload == null) {
      draft.problems().report(transform, "its payload cannot be read");
    } else if (input != null) {
      if (draft.foreign() && GraphDraft.environmentOf(transform) == null) {
        draft.setCoders(transform, draft.collection(input).coderId());
      }
      draft.add(
          new Operation.WindowInto(payload),
          List.of(input),
          List.of(),
          transform,
          GraphDraft.environmentOf(transform));
    }
  }

  /** The inputs by tag, numbers by their value: the order in which the user's SDK counted them. */
  private static List<CollectionId> flattenInputs(RunnerApi.PTransform transform) {
    List<Map.Entry<String, String>> entries = new ArrayList<>(transform.getInputsMap().entrySet());
    entries.sort(
        Comparator.comparingInt((Map.Entry<String, String> entry) -> entry.getKey().length())
            .thenComparing(Map.Entry::getKey));
    return entries.stream().map(entry -> new CollectionId(entry.getValue())).toList();
  }

  private @Nullable CollectionId onlyInput(RunnerApi.PTransform transform) {
    return onlyInput(draft, transform);
  }

  private boolean requireKey(RunnerApi.PTransform transform, CollectionId input) {
    return requireKey(draft, transform, input);
  }

  /** The one input of a transform; reports any other number and returns null. */
  static @Nullable CollectionId onlyInput(GraphDraft draft, RunnerApi.PTransform transform) {
    if (transform.getInputsCount() != 1) {
      draft
          .problems()
          .report(transform, "it needs exactly one input, but has " + transform.getInputsCount());
      return null;
    }
    return new CollectionId(transform.getInputsMap().values().iterator().next());
  }

  /** Whether the elements of {@code input} are pairs with a key; reports it if they are not. */
  static boolean requireKey(GraphDraft draft, RunnerApi.PTransform transform, CollectionId input) {
    String coderId = draft.collection(input).coderId();
    if (Coders.keyCoder(draft.components(), coderId) != null) {
      return true;
    }
    draft
        .problems()
        .report(
            transform,
            "it works by key, but the coder of its input \""
                + draft.collection(input).name()
                + "\" is no KV coder (it is "
                + draft.components().getCodersOrThrow(coderId).getSpec().getUrn()
                + ")");
    return false;
  }
}
