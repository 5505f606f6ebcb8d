package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.wire.WireCoders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Turns the parts of a harness node into transforms of a descriptor, and adds the coders that their
 * payloads name.
 *
 * <p>Used by one thread.
 */
final class PartSpecs {
  private static final String MAIN_INPUT = "in";

  private final WireCoders coders;
  private final RunnerApi.Components.Builder components;

  PartSpecs(WireCoders coders, RunnerApi.Components.Builder components) {
    this.coders = coders;
    this.components = components;
  }

  /** The transform of a part whose main input is {@code input}. */
  RunnerApi.PTransform transform(Node part, CollectionId input) {
    RunnerApi.PTransform.Builder transform = inputs(part, input).setSpec(spec(part));
    part.outputs().forEach((tag, output) -> transform.putOutputs(tag, output.value()));
    return transform.build();
  }

  /** A transform that truncates the restrictions that {@code root} is to process. */
  RunnerApi.PTransform truncate(Node root, CollectionId input, CollectionId output) {
    if (!(root.operation() instanceof Operation.ProcessSizedElements process)) {
      throw new IllegalArgumentException(root.fullName() + " processes no restrictions");
    }
    return inputs(root, input)
        .setSpec(
            spec(
                PTransformTranslation.SPLITTABLE_TRUNCATE_SIZED_RESTRICTION_URN,
                process.payload().toByteString()))
        .putOutputs("out", output.value())
        .build();
  }

  /** The timer families of a part, by id. */
  Map<String, RunnerApi.TimerFamilySpec> timers(Node part) {
    if (!(part.operation() instanceof Operation.ParDo parDo)) {
      return Map.of();
    }
    Map<String, RunnerApi.TimerFamilySpec> timers = new LinkedHashMap<>();
    RunnerApi.ParDoPayload payload = withTimerCoders(parDo.payload());
    parDo
        .timerFamilies()
        .forEach(
            family -> timers.put(family.id(), payload.getTimerFamilySpecsOrThrow(family.id())));
    return timers;
  }

  private static RunnerApi.PTransform.Builder inputs(Node part, CollectionId input) {
    RunnerApi.PTransform.Builder transform =
        part.transform().toBuilder().clearSubtransforms().clearInputs().clearOutputs();
    transform.putInputs(mainTag(part), input.value());
    part.sideInputs().forEach(side -> transform.putInputs(side.tag(), side.collection().value()));
    return transform;
  }

  /** The local name of the main input, as the user's transform has it. */
  private static String mainTag(Node part) {
    RunnerApi.ParDoPayload payload = parDo(part.operation());
    return part.transform().getInputsMap().keySet().stream()
        .filter(tag -> payload == null || !payload.containsSideInputs(tag))
        .sorted()
        .findFirst()
        .orElse(MAIN_INPUT);
  }

  private RunnerApi.FunctionSpec spec(Node part) {
    Operation operation = part.operation();
    RunnerApi.ParDoPayload parDo = parDo(operation);
    if (parDo != null) {
      addCoders(parDo);
      return spec(parDoUrn(operation), withTimerCoders(parDo).toByteString());
    }
    if (operation instanceof Operation.WindowInto windowInto) {
      return spec(
          PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN, windowInto.payload().toByteString());
    }
    if (operation instanceof Operation.Flatten) {
      return spec(PTransformTranslation.FLATTEN_TRANSFORM_URN, ByteString.EMPTY);
    }
    RunnerApi.CombinePayload combine = combine(part);
    coders.verbatim(combine.getAccumulatorCoderId(), components);
    return spec(combineUrn(part), combine.toByteString());
  }

  private static RunnerApi.FunctionSpec spec(String urn, ByteString payload) {
    return RunnerApi.FunctionSpec.newBuilder().setUrn(urn).setPayload(payload).build();
  }

  private static RunnerApi.@Nullable ParDoPayload parDo(Operation operation) {
    if (operation instanceof Operation.ParDo parDo) {
      return parDo.payload();
    } else if (operation instanceof Operation.PairWithRestriction pair) {
      return pair.payload();
    } else if (operation instanceof Operation.SplitAndSizeRestrictions split) {
      return split.payload();
    } else if (operation instanceof Operation.ProcessSizedElements process) {
      return process.payload();
    }
    return null;
  }

  private static String parDoUrn(Operation operation) {
    if (operation instanceof Operation.PairWithRestriction) {
      return PTransformTranslation.SPLITTABLE_PAIR_WITH_RESTRICTION_URN;
    } else if (operation instanceof Operation.SplitAndSizeRestrictions) {
      return PTransformTranslation.SPLITTABLE_SPLIT_AND_SIZE_RESTRICTIONS_URN;
    } else if (operation instanceof Operation.ProcessSizedElements) {
      return PTransformTranslation.SPLITTABLE_PROCESS_SIZED_ELEMENTS_AND_RESTRICTIONS_URN;
    }
    return PTransformTranslation.PAR_DO_TRANSFORM_URN;
  }

  private static RunnerApi.CombinePayload combine(Node part) {
    Operation operation = part.operation();
    if (operation instanceof Operation.PartialCombine partial) {
      return partial.payload();
    } else if (operation instanceof Operation.ConvertToAccumulators convert) {
      return convert.payload();
    } else if (operation instanceof Operation.MergeAccumulators merge) {
      return merge.payload();
    } else if (operation instanceof Operation.ExtractOutputs extract) {
      return extract.payload();
    } else if (operation instanceof Operation.CombineGroupedValues values) {
      return values.payload();
    }
    throw new IllegalArgumentException(
        part.fullName() + ": " + operation.getClass().getSimpleName() + " runs in no harness");
  }

  private static String combineUrn(Node part) {
    Operation operation = part.operation();
    if (operation instanceof Operation.PartialCombine) {
      return PTransformTranslation.COMBINE_PER_KEY_PRECOMBINE_TRANSFORM_URN;
    } else if (operation instanceof Operation.ConvertToAccumulators) {
      return PTransformTranslation.COMBINE_PER_KEY_CONVERT_TO_ACCUMULATORS_TRANSFORM_URN;
    } else if (operation instanceof Operation.MergeAccumulators) {
      return PTransformTranslation.COMBINE_PER_KEY_MERGE_ACCUMULATORS_TRANSFORM_URN;
    } else if (operation instanceof Operation.ExtractOutputs) {
      return PTransformTranslation.COMBINE_PER_KEY_EXTRACT_OUTPUTS_TRANSFORM_URN;
    }
    return PTransformTranslation.COMBINE_GROUPED_VALUES_TRANSFORM_URN;
  }

  private RunnerApi.ParDoPayload withTimerCoders(RunnerApi.ParDoPayload payload) {
    RunnerApi.ParDoPayload.Builder rewritten = payload.toBuilder();
    payload
        .getTimerFamilySpecsMap()
        .forEach(
            (id, spec) ->
                rewritten.putTimerFamilySpecs(
                    id,
                    spec.toBuilder()
                        .setTimerFamilyCoderId(
                            coders.timer(spec.getTimerFamilyCoderId(), components))
                        .build()));
    return rewritten.build();
  }

  private void addCoders(RunnerApi.ParDoPayload payload) {
    if (!payload.getRestrictionCoderId().isEmpty()) {
      coders.verbatim(payload.getRestrictionCoderId(), components);
    }
    payload.getStateSpecsMap().values().forEach(this::addCoders);
  }

  private void addCoders(RunnerApi.StateSpec spec) {
    switch (spec.getSpecCase()) {
      case READ_MODIFY_WRITE_SPEC -> add(spec.getReadModifyWriteSpec().getCoderId());
      case BAG_SPEC -> add(spec.getBagSpec().getElementCoderId());
      case COMBINING_SPEC -> add(spec.getCombiningSpec().getAccumulatorCoderId());
      case MAP_SPEC -> {
        add(spec.getMapSpec().getKeyCoderId());
        add(spec.getMapSpec().getValueCoderId());
      }
      case SET_SPEC -> add(spec.getSetSpec().getElementCoderId());
      case ORDERED_LIST_SPEC -> add(spec.getOrderedListSpec().getElementCoderId());
      case MULTIMAP_SPEC -> {
        add(spec.getMultimapSpec().getKeyCoderId());
        add(spec.getMultimapSpec().getValueCoderId());
      }
      case SPEC_NOT_SET -> {}
    }
  }

  private void add(String coderId) {
    coders.verbatim(coderId, components);
  }
}
