package dev.tidemark.translation.rewrite;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Takes the deprecated transforms that create a view out of a pipeline: who reads the view reads
 * the collection that it shows.
 */
final class Views {
  private Views() {}

  /** The pipeline without such transforms. */
  static RunnerApi.Pipeline elide(RunnerApi.Pipeline pipeline) {
    Map<String, String> shown = new HashMap<>();
    pipeline.getComponents().getTransformsMap().values().stream()
        .filter(Views::createsView)
        .forEach(
            transform ->
                shown.put(
                    transform.getOutputsMap().values().iterator().next(),
                    transform.getInputsMap().values().iterator().next()));
    if (shown.isEmpty()) {
      return pipeline;
    }
    RunnerApi.Pipeline.Builder rewritten = pipeline.toBuilder();
    pipeline
        .getComponents()
        .getTransformsMap()
        .forEach(
            (id, transform) ->
                rewritten.getComponentsBuilder().putTransforms(id, withoutViews(transform, shown)));
    return rewritten.build();
  }

  private static boolean createsView(RunnerApi.PTransform transform) {
    return transform.getSpec().getUrn().equals(LegacyUrns.CREATE_VIEW)
        && transform.getInputsCount() == 1
        && transform.getOutputsCount() == 1;
  }

  /** A transform that created a view becomes an identity, which the walk leaves out. */
  private static RunnerApi.PTransform withoutViews(
      RunnerApi.PTransform transform, Map<String, String> shown) {
    RunnerApi.PTransform.Builder rewritten = transform.toBuilder();
    transform.getInputsMap().forEach((tag, id) -> rewritten.putInputs(tag, resolve(id, shown)));
    transform.getOutputsMap().forEach((tag, id) -> rewritten.putOutputs(tag, resolve(id, shown)));
    return rewritten.build();
  }

  private static String resolve(String id, Map<String, String> shown) {
    String current = id;
    for (int i = 0; i < shown.size() && shown.containsKey(current); i++) {
      current = shown.getOrDefault(current, current);
    }
    return current;
  }
}
