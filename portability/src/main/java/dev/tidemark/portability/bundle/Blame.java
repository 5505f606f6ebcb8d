package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.translation.graph.Node;
import java.util.Comparator;
import java.util.Map;

/** Finds out which of the transforms of a bundle has failed. */
final class Blame {
  private Blame() {}

  /**
   * Blames the transform that the harness speaks of, or else the node.
   *
   * @param plan what ran
   * @param node the full name of the node's transform
   */
  static TransformException of(HarnessException failure, HarnessPlan plan, String node) {
    String error = String.valueOf(failure.getMessage());
    String transform =
        plan.transforms().entrySet().stream()
            .filter(entry -> names(error, entry))
            .map(entry -> entry.getValue().fullName())
            .max(Comparator.comparingInt(String::length))
            .orElse(node);
    return TransformException.of(transform, failure);
  }

  /** SDKs put the name or the id between quotes of either kind. */
  private static boolean names(String error, Map.Entry<String, Node> transform) {
    String id = transform.getKey();
    String name = transform.getValue().fullName();
    return error.contains("'" + name + "'")
        || error.contains("\"" + name + "\"")
        || error.contains("'" + id + "'")
        || error.contains("\"" + id + "\"")
        || error.contains("[while running '" + name);
  }
}
