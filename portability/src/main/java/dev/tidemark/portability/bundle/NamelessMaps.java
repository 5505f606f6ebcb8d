package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SdkImage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Which harness nodes do not say of which key the maps are that they ask for. Java's harness leaves
 * the key out of requests for maps and sets (2.65), and takes those of all keys of a bundle for
 * one; 2.70 does neither.
 */
final class NamelessMaps {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\b.*");
  private static final int MAJOR = 2;
  private static final int NAMED_SINCE_MINOR = 70;

  private NamelessMaps() {}

  /** Whether a bundle of a node must be of one key. */
  static boolean isIn(StageGraph graph, Node node) {
    return node.operation() instanceof Operation.Harness harness
        && harness.root().operation() instanceof Operation.ParDo parDo
        && parDo.cells().stream().anyMatch(cell -> isMap(cell.spec()))
        && SdkImage.of(graph.components().getEnvironmentsOrThrow(harness.environmentId()))
            .filter(image -> image.isJava() && isOld(image.tag()))
            .isPresent();
  }

  private static boolean isMap(RunnerApi.StateSpec spec) {
    return spec.hasMapSpec() || spec.hasMultimapSpec() || spec.hasSetSpec();
  }

  private static boolean isOld(String version) {
    Matcher numbers = VERSION.matcher(version);
    return numbers.matches()
        && Integer.parseInt(numbers.group(1)) == MAJOR
        && Integer.parseInt(numbers.group(2)) < NAMED_SINCE_MINOR;
  }
}
