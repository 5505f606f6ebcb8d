package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.Node;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/**
 * The plan for a splittable function whose restrictions are truncated before they are processed, as
 * a drain wants it.
 */
final class TruncatingPlan {
  private static final String URN = "beam:transform:sdf_truncate_sized_restrictions:v1";
  private static final String SUFFIX = "/Truncate";

  private TruncatingPlan() {}

  /** {@code plan} with a truncation in front of its root, which processes restrictions. */
  static HarnessPlan of(HarnessPlan plan) {
    ProcessBundleDescriptor descriptor = plan.descriptor();
    PTransform process = descriptor.getTransformsOrThrow(plan.root());
    String input = descriptor.getTransformsOrThrow(plan.source()).getOutputsMap().values().iterator().next();
    String tag = tagOf(process, input);
    String truncated = input + SUFFIX;
    String truncate = plan.root() + SUFFIX;
    Map<String, Node> transforms = new HashMap<>(plan.transforms());
    Node part = plan.transforms().get(plan.root());
    if (part != null) {
      transforms.put(truncate, part);
    }
    return new HarnessPlan(
        descriptor.toBuilder()
            .setId(descriptor.getId() + "-truncate")
            .putPcollections(
                truncated,
                descriptor.getPcollectionsOrThrow(input).toBuilder()
                    .setUniqueName(truncated)
                    .build())
            .putTransforms(
                truncate,
                process.toBuilder()
                    .setUniqueName(process.getUniqueName() + SUFFIX)
                    .setSpec(process.getSpec().toBuilder().setUrn(URN))
                    .clearOutputs()
                    .putOutputs("out", truncated)
                    .build())
            .putTransforms(plan.root(), process.toBuilder().putInputs(tag, truncated).build())
            .build(),
        plan.source(),
        plan.sinks(),
        transforms,
        truncate,
        plan.root());
  }

  private static String tagOf(PTransform process, String input) {
    return process.getInputsMap().entrySet().stream()
        .filter(entry -> entry.getValue().equals(input))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(process.getUniqueName() + " does not read " + input));
  }
}
