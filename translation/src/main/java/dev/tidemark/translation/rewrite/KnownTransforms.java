package dev.tidemark.translation.rewrite;

import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * Which transforms are taken as they stand. All others are composites, which are expanded, or
 * cannot be run.
 */
final class KnownTransforms {
  private static final Set<String> JAVA_SOURCES =
      Set.of("beam:java:boundedsource:v1", "beam:java:unboundedsource:v1");

  private final RunnerApi.Components components;

  KnownTransforms(RunnerApi.Components components) {
    this.components = components;
  }

  /** Whether {@code transform} has a translation of its own, so that its parts do not matter. */
  boolean isLeaf(RunnerApi.PTransform transform) {
    return switch (transform.getSpec().getUrn()) {
      case PTransformTranslation.IMPULSE_TRANSFORM_URN,
          PTransformTranslation.PAR_DO_TRANSFORM_URN,
          PTransformTranslation.FLATTEN_TRANSFORM_URN,
          PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN,
          PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN,
          PTransformTranslation.TEST_STREAM_TRANSFORM_URN,
          ShardedKeys.WITH_SHARDED_KEY ->
          true;
      case PTransformTranslation.RESHUFFLE_URN,
          PTransformTranslation.REDISTRIBUTE_BY_KEY_URN,
          PTransformTranslation.REDISTRIBUTE_ARBITRARILY_URN ->
          transform.getInputsCount() == 1 && transform.getOutputsCount() == 1;
      case LegacyUrns.READ -> isJavaRead(transform);
      case PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN,
          PTransformTranslation.COMBINE_GROUPED_VALUES_TRANSFORM_URN ->
          isUsableCombine(transform);
      case PTransformTranslation.COMBINE_PER_KEY_PRECOMBINE_TRANSFORM_URN,
          PTransformTranslation.COMBINE_PER_KEY_MERGE_ACCUMULATORS_TRANSFORM_URN,
          PTransformTranslation.COMBINE_PER_KEY_EXTRACT_OUTPUTS_TRANSFORM_URN ->
          !transform.getEnvironmentId().isEmpty() && isUsableCombine(transform);
      default -> false;
    };
  }

  private static boolean isJavaRead(RunnerApi.PTransform transform) {
    RunnerApi.ReadPayload payload = Payloads.read(transform);
    return payload != null && JAVA_SOURCES.contains(payload.getSource().getUrn());
  }

  /** A combine with side inputs, say, has no payload; then its parts do the work. */
  private boolean isUsableCombine(RunnerApi.PTransform transform) {
    RunnerApi.CombinePayload payload = Payloads.combine(transform);
    return payload != null
        && !payload.getCombineFn().getUrn().isEmpty()
        && components.containsCoders(payload.getAccumulatorCoderId())
        && transform.getInputsCount() == 1
        && transform.getOutputsCount() == 1;
  }
}
