package dev.tidemark.runner.epoch;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterSynchronizedProcessingTime;
import org.apache.beam.sdk.transforms.windowing.Trigger;

/** Finds out whether anything in a graph goes by processing time. */
final class ProcessingTimeUse {
  private ProcessingTimeUse() {}

  /** Whether a timer or the trigger of a group does. */
  static boolean in(StageGraph graph) {
    Components components = new Components(graph);
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        if (usedBy(node, components)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean usedBy(Node node, Components components) {
    Operation operation = node.operation();
    if (operation instanceof Operation.Harness harness) {
      return harness.parts().stream().anyMatch(part -> usedBy(part, components));
    }
    if (operation instanceof Operation.ParDo parDo) {
      return parDo.timerFamilies().stream()
          .anyMatch(
              family -> family.spec().getTimeDomain() == RunnerApi.TimeDomain.Enum.PROCESSING_TIME);
    }
    return (operation instanceof Operation.GroupByKey
            || operation instanceof Operation.CombinePerKey)
        && usedBy(components.windowing(node.inputs().get(0)).getTrigger());
  }

  private static boolean usedBy(Trigger trigger) {
    return trigger instanceof AfterProcessingTime
        || trigger instanceof AfterSynchronizedProcessingTime
        || trigger.subTriggers().stream().anyMatch(ProcessingTimeUse::usedBy);
  }
}
