package dev.tidemark.runner.job;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/** Graphs of no stages, as a translator would give them. */
final class Graphs {
  private Graphs() {}

  static StageGraph bounded() {
    return new StageGraph(List.of(), Map.of(), RunnerApi.Components.getDefaultInstance());
  }

  static StageGraph unbounded() {
    CollectionId id = new CollectionId("endless");
    return new StageGraph(
        List.of(),
        Map.of(id, new CollectionSpec(id, "endless", "coder", "windowing", false)),
        RunnerApi.Components.getDefaultInstance());
  }
}
