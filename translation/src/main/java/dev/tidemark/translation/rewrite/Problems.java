package dev.tidemark.translation.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Collects what is wrong with a pipeline, so that the user hears of all of it at once.
 *
 * <p>Owned by the translation.
 */
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  /** Blames a transform. */
  void report(RunnerApi.PTransform transform, String reason) {
    add(new Problem(transform.getUniqueName(), transform.getSpec().getUrn(), reason));
  }

  /** Blames the pipeline as a whole. */
  void reportPipeline(String urn, String reason) {
    add(new Problem(null, urn, reason));
  }

  List<Problem> list() {
    return List.copyOf(found);
  }

  private void add(Problem problem) {
    if (!found.contains(problem)) {
      found.add(problem);
    }
  }
}
