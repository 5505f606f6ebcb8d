package dev.tidemark.portability.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What is wrong with a pipeline before anybody looks at what it does: without these checks a
 * hostile one could keep the server busy, or overflow its stack.
 *
 * <p>Thread-safe.
 */
final class PipelineShape {
  private static final int MAX_COMPONENTS = 100_000;
  private static final int MAX_DEPTH = 200;

  private PipelineShape() {}

  /** What is wrong; empty if all is well so far. */
  static List<String> problems(RunnerApi.Pipeline pipeline) {
    RunnerApi.Components components = pipeline.getComponents();
    List<String> problems = new ArrayList<>();
    if (pipeline.getRootTransformIdsCount() == 0 || components.getTransformsCount() == 0) {
      problems.add("The pipeline has no transforms.");
    }
    checkNesting(
        "transform",
        components.getTransformsMap(),
        transform -> transform.getSubtransformsList(),
        problems);
    checkNesting(
        "coder", components.getCodersMap(), coder -> coder.getComponentCoderIdsList(), problems);
    return problems;
  }

  private static <T> void checkNesting(
      String kind,
      Map<String, T> all,
      Function<? super T, ? extends List<String>> parts,
      List<? super String> problems) {
    if (all.size() > MAX_COMPONENTS) {
      problems.add("There are %d %ss; %d are allowed.".formatted(all.size(), kind, MAX_COMPONENTS));
      return;
    }
    Map<String, Integer> depths = new HashMap<>();
    for (String id : all.keySet()) {
      if (depth(id, all, parts, depths, 0) > MAX_DEPTH) {
        problems.add(
            "The %ss contain each other, or are nested more than %d deep, at '%s'."
                .formatted(kind, MAX_DEPTH, StatusTexts.of(id)));
        return;
      }
    }
  }

  /** How deep a component goes, or more than is allowed: then it need not be exact. */
  private static <T> int depth(
      String id,
      Map<String, T> all,
      Function<? super T, ? extends List<String>> parts,
      Map<String, Integer> depths,
      int above) {
    Integer known = depths.get(id);
    if (known != null) {
      return known;
    }
    T component = all.get(id);
    if (component == null || above > MAX_DEPTH) {
      return component == null ? 0 : MAX_DEPTH + 1;
    }
    int deepest = 0;
    for (String part : parts.apply(component)) {
      deepest = Math.max(deepest, depth(part, all, parts, depths, above + 1));
      if (deepest > MAX_DEPTH) {
        break;
      }
    }
    depths.put(id, deepest + 1);
    return deepest + 1;
  }
}
