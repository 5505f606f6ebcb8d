package dev.tidemark.translation.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Knows what is inside the composites of a pipeline and who reads what is made there.
 *
 * <p>Immutable.
 */
final class Containment {
  private final RunnerApi.Components components;
  private final Map<String, Set<String>> readers = new HashMap<>();

  /** Looks at components without dangling references or transforms that contain themselves. */
  Containment(RunnerApi.Components components) {
    this.components = components;
    components
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (transform.getSubtransformsCount() == 0) {
                for (String input : transform.getInputsMap().values()) {
                  readers.computeIfAbsent(input, key -> new HashSet<>()).add(id);
                }
              }
            });
  }

  /** The ids of the transforms inside one that have no parts themselves; itself if it has none. */
  List<String> leaves(String id) {
    List<String> leaves = new ArrayList<>();
    collect(id, leaves);
    return leaves;
  }

  /**
   * Whether nobody outside a composite reads what is made inside it, but for its outputs, so that
   * one operation can take the place of its parts.
   */
  boolean isClosed(String id) {
    Set<String> leaves = new HashSet<>(leaves(id));
    Set<String> outputs = Set.copyOf(components.getTransformsOrThrow(id).getOutputsMap().values());
    return leaves.stream()
        .flatMap(leaf -> components.getTransformsOrThrow(leaf).getOutputsMap().values().stream())
        .filter(collection -> !outputs.contains(collection))
        .allMatch(collection -> leaves.containsAll(readers.getOrDefault(collection, Set.of())));
  }

  private void collect(String id, List<String> leaves) {
    RunnerApi.PTransform transform = components.getTransformsOrThrow(id);
    if (transform.getSubtransformsCount() == 0) {
      leaves.add(id);
    } else {
      transform.getSubtransformsList().forEach(part -> collect(part, leaves));
    }
  }
}
