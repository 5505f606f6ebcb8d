package dev.tidemark.translation.rewrite;

import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Checks that a pipeline's components refer only to what is there, that nothing contains itself and
 * that all of it is of a sane size, so that the steps after it need not.
 */
final class Integrity {
  /** Well above the largest pipelines that are known, and little enough to look at all of them. */
  static final int MAX_TRANSFORMS = 100_000;

  /** As for transforms. */
  static final int MAX_CODERS = 100_000;

  /** How many parts a coder may have, when each is counted wherever it stands. */
  static final int MAX_CODER_SIZE = 2_000;

  private final RunnerApi.Components components;
  private final Problems problems;

  private Integrity(RunnerApi.Components components, Problems problems) {
    this.components = components;
    this.problems = problems;
  }

  /** Reports every dangling reference, and all that goes beyond the limits. */
  static void check(RunnerApi.Pipeline pipeline, Problems problems) {
    Integrity integrity = new Integrity(pipeline.getComponents(), problems);
    integrity.checkNumber(
        "transforms", pipeline.getComponents().getTransformsCount(), MAX_TRANSFORMS);
    integrity.checkNumber("coders", pipeline.getComponents().getCodersCount(), MAX_CODERS);
    integrity.checkRoots(pipeline.getRootTransformIdsList());
    pipeline.getComponents().getTransformsMap().values().forEach(integrity::checkTransform);
    integrity.checkCollections();
    integrity.checkCoders();
    integrity.checkNesting();
  }

  private void checkRoots(List<String> roots) {
    for (String root : roots) {
      if (!components.containsTransforms(root)) {
        problems.reportPipeline("", "its root transform \"" + root + "\" is missing");
      }
    }
  }

  private void checkTransform(RunnerApi.PTransform transform) {
    for (String part : transform.getSubtransformsList()) {
      if (!components.containsTransforms(part)) {
        problems.report(transform, "its part \"" + part + "\" is missing");
      }
    }
    checkCollectionsOf(transform, "input", transform.getInputsMap());
    checkCollectionsOf(transform, "output", transform.getOutputsMap());
    String environment = transform.getEnvironmentId();
    if (!environment.isEmpty() && !components.containsEnvironments(environment)) {
      problems.report(transform, "its environment \"" + environment + "\" is missing");
    }
  }

  private void checkCollectionsOf(
      RunnerApi.PTransform transform, String role, Map<String, String> collections) {
    collections.forEach(
        (tag, id) -> {
          if (!components.containsPcollections(id)) {
            problems.report(
                transform,
                "the collection \"" + id + "\" of its " + role + " " + tag + " is missing");
          }
        });
  }

  private void checkCollections() {
    for (RunnerApi.PCollection collection : components.getPcollectionsMap().values()) {
      String subject = "the PCollection \"" + collection.getUniqueName() + "\"";
      if (!components.containsCoders(collection.getCoderId())) {
        problems.reportPipeline(
            "", subject + " has the coder \"" + collection.getCoderId() + "\", which is missing");
      }
      if (!components.containsWindowingStrategies(collection.getWindowingStrategyId())) {
        problems.reportPipeline(
            "",
            subject
                + " has the windowing strategy \""
                + collection.getWindowingStrategyId()
                + "\", which is missing");
      }
    }
  }

  private void checkCoders() {
    components
        .getCodersMap()
        .forEach(
            (id, coder) -> {
              for (String part : coder.getComponentCoderIdsList()) {
                if (!components.containsCoders(part)) {
                  problems.reportPipeline(
                      "", "the coder \"" + id + "\" has a part \"" + part + "\", which is missing");
                }
              }
            });
  }

  private void checkNumber(String things, int count, int limit) {
    if (count > limit) {
      problems.reportPipeline(
          "", "it has " + count + " " + things + ", and this runner takes up to " + limit);
    }
  }

  private void checkNesting() {
    Nesting.problems(
            components.getTransformsMap(),
            RunnerApi.PTransform::getSubtransformsList,
            MAX_TRANSFORMS)
        .forEach(
            (id, problem) -> problems.report(components.getTransformsOrThrow(id), "it " + problem));
    Nesting.problems(
            components.getCodersMap(), RunnerApi.Coder::getComponentCoderIdsList, MAX_CODER_SIZE)
        .forEach(
            (id, problem) -> problems.reportPipeline("", "the coder \"" + id + "\" " + problem));
  }
}
