package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CellSpec;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.TimerFamilySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Translates ParDos; splittable ones are handed on to {@link SplittableTranslator}.
 *
 * <p>Owned by the translation.
 */
final class ParDoTranslator {
  private final GraphDraft draft;
  private final SplittableTranslator splittables;
  private final SideInputTranslator sideInputs;

  ParDoTranslator(GraphDraft draft) {
    this.draft = draft;
    this.splittables = new SplittableTranslator(draft);
    this.sideInputs = new SideInputTranslator(draft);
  }

  void translate(RunnerApi.PTransform transform) {
    RunnerApi.ParDoPayload payload = Payloads.parDo(transform);
    if (payload == null) {
      draft.problems().report(transform, "its payload cannot be read");
      return;
    }
    CollectionId input = mainInput(transform, payload);
    List<SideInputSpec> sides = sideInputs.translate(transform, payload);
    if (input == null) {
      return;
    }
    if (!payload.getRestrictionCoderId().isEmpty()) {
      splittables.translate(transform, payload, input, sides);
      return;
    }
    Operation.ParDo parDo =
        new Operation.ParDo(payload, cells(transform, payload), timers(transform, payload));
    if (parDo.stateful()) {
      checkKeyed(transform, input);
    }
    draft.add(parDo, List.of(input), sides, transform, GraphDraft.environmentOf(transform));
  }

  /** The one input that is no side input; reports any other number and returns null. */
  private @Nullable CollectionId mainInput(
      RunnerApi.PTransform transform, RunnerApi.ParDoPayload payload) {
    List<String> mains = new ArrayList<>();
    transform
        .getInputsMap()
        .forEach(
            (tag, collection) -> {
              if (!payload.containsSideInputs(tag)) {
                mains.add(collection);
              }
            });
    if (mains.size() != 1) {
      draft
          .problems()
          .report(transform, "it needs exactly one main input, but has " + mains.size());
      return null;
    }
    return new CollectionId(mains.get(0));
  }

  private List<CellSpec> cells(RunnerApi.PTransform transform, RunnerApi.ParDoPayload payload) {
    List<CellSpec> cells = new ArrayList<>();
    new TreeMap<>(payload.getStateSpecsMap())
        .forEach(
            (id, spec) -> {
              if (spec.getSpecCase() == RunnerApi.StateSpec.SpecCase.SPEC_NOT_SET) {
                draft
                    .problems()
                    .report(transform, "its state \"" + id + "\" is of an unknown kind");
              }
              cells.add(new CellSpec(id, spec));
            });
    return cells;
  }

  private List<TimerFamilySpec> timers(
      RunnerApi.PTransform transform, RunnerApi.ParDoPayload payload) {
    List<TimerFamilySpec> timers = new ArrayList<>();
    new TreeMap<>(payload.getTimerFamilySpecsMap())
        .forEach(
            (id, spec) -> {
              switch (spec.getTimeDomain()) {
                case EVENT_TIME, PROCESSING_TIME -> timers.add(new TimerFamilySpec(id, spec));
                default ->
                    draft
                        .problems()
                        .report(transform, "its timer \"" + id + "\" has an unknown time domain");
              }
            });
    return timers;
  }

  private void checkKeyed(RunnerApi.PTransform transform, CollectionId input) {
    TransformTranslator.requireKey(draft, transform, input);
    RunnerApi.WindowingStrategy windowing = draft.windowing(input);
    if (windowing.getMergeStatus() == RunnerApi.MergeStatus.Enum.NEEDS_MERGE) {
      draft
          .problems()
          .report(
              transform,
              "it keeps state or timers by window, but the windows of its input \""
                  + draft.collection(input).name()
                  + "\" ("
                  + windowing.getWindowFn().getUrn()
                  + ") still merge; group the elements by key first, or use windows that do not"
                  + " merge");
    }
  }
}
