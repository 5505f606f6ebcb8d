package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.wire.WireCoders;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/** Which harness nodes get groups whose values need not be sent with the key. */
final class StateBackedGroups {
  private StateBackedGroups() {}

  /** Whether the main input of a node is groups, and its SDK can ask for their values. */
  static boolean areInput(StageGraph graph, Node node) {
    if (!(node.operation() instanceof Operation.Harness harness)) {
      return false;
    }
    RunnerApi.Components components = graph.components();
    RunnerApi.PCollection input = components.getPcollectionsOrThrow(node.inputs().get(0).value());
    return components
            .getEnvironmentsOrThrow(harness.environmentId())
            .getCapabilitiesList()
            .contains(ModelCoders.STATE_BACKED_ITERABLE_CODER_URN)
        && WireCoders.isGroup(components, input.getCoderId());
  }
}
