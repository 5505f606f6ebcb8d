package dev.tidemark.translation.rewrite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Checks that a pipeline's components refer only to what is there and that nothing contains itself,
 * so that the steps after it need not.
 */
final class Integrity {
  private final RunnerApi.Components components;
  private final Problems problems;

  private Integrity(RunnerApi.Components components, Problems problems) {
    this.components = components;
    this.problems = problems;
  }

  /** Reports every dangling reference. */
  static void check(RunnerApi.Pipeline pipeline, Problems problems) {
    Integrity integrity = new Integrity(pipeline.getComponents(), problems);
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

  private void checkNesting() {
    for (String id :
        insideThemselves(
            components.getTransformsMap(), RunnerApi.PTransform::getSubtransformsList)) {
      problems.report(components.getTransformsOrThrow(id), "it is a part of itself");
    }
    for (String id :
        insideThemselves(components.getCodersMap(), RunnerApi.Coder::getComponentCoderIdsList)) {
      problems.reportPipeline("", "the coder \"" + id + "\" is a part of itself");
    }
  }

  /** The ids from which a walk through the parts comes back to where it is. */
  private static <T> List<String> insideThemselves(
      Map<String, T> all, Function<T, ? extends Collection<String>> parts) {
    Map<String, Boolean> finished = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (String id : all.keySet()) {
      visit(id, all, parts, finished, found);
    }
    return found;
  }

  private static <T> void visit(
      String id,
      Map<String, T> all,
      Function<T, ? extends Collection<String>> parts,
      Map<String, Boolean> finished,
      List<String> found) {
    T element = all.get(id);
    if (element == null) {
      return;
    }
    Boolean state = finished.putIfAbsent(id, false);
    if (state == null) {
      parts.apply(element).forEach(part -> visit(part, all, parts, finished, found));
      finished.put(id, true);
    } else if (!state) {
      found.add(id);
    }
  }
}
