package dev.tidemark.translation.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Walks through the composites of a pipeline and collects the transforms that are taken as they
 * stand, in the order in which the user's SDK lists them.
 *
 * <p>Owned by the translation.
 */
final class CompositeWalk {
  private final RunnerApi.Pipeline pipeline;
  private final Containment containment;
  private final KnownTransforms known;
  private final Problems problems;
  private final List<RunnerApi.PTransform> leaves = new ArrayList<>();
  private final Set<String> visited = new HashSet<>();

  private CompositeWalk(RunnerApi.Pipeline pipeline, Problems problems) {
    this.pipeline = pipeline;
    this.containment = new Containment(pipeline.getComponents());
    this.known = new KnownTransforms(pipeline.getComponents());
    this.problems = problems;
  }

  /** The transforms to translate; reports those that cannot be. */
  static List<RunnerApi.PTransform> leaves(RunnerApi.Pipeline pipeline, Problems problems) {
    CompositeWalk walk = new CompositeWalk(pipeline, problems);
    pipeline.getRootTransformIdsList().forEach(walk::visit);
    return walk.leaves;
  }

  private void visit(String id) {
    RunnerApi.PTransform transform = pipeline.getComponents().getTransformsOrThrow(id);
    if (!visited.add(id)) {
      problems.report(transform, "it is listed as a part more than once");
    } else if (known.isLeaf(transform)
        && (transform.getSubtransformsCount() == 0 || containment.isClosed(id))) {
      leaves.add(transform);
    } else if (transform.getSubtransformsCount() > 0) {
      transform.getSubtransformsList().forEach(this::visit);
    } else if (!isIdentity(transform)) {
      problems.report(
          transform,
          transform.getSpec().getUrn().isEmpty()
              ? "it has neither a URN nor parts, so nothing says what it does"
              : "this runner knows no transform of this URN with this payload, and it has no parts"
                  + " to run in its place");
    }
  }

  /** Whether the transform only hands on what it gets, or does nothing at all. */
  private static boolean isIdentity(RunnerApi.PTransform transform) {
    return transform.getOutputsCount() == 0
        ? transform.getSpec().getUrn().isEmpty()
        : transform.getInputsMap().values().containsAll(transform.getOutputsMap().values());
  }
}
