package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * The optional protocols that an SDK says it speaks.
 *
 * <p>Immutable.
 *
 * @param capabilities URNs
 */
record Protocols(List<String> capabilities) {
  /** Python's still has the number of an older one, and answers all the same. */
  private static final String PROGRESS = "beam:protocol:progress_reporting:";

  private static final String EMBEDDING = "beam:protocol:control_request_elements_embedding:v1";

  private static final String SAMPLING = "beam:protocol:data_sampling:v1";

  /** Those of the environment of a harness node. */
  static Protocols of(StageGraph graph, Node node) {
    return of(graph, ((Operation.Harness) node.operation()).environmentId());
  }

  /** Those of an environment of the job. */
  static Protocols of(StageGraph graph, String environmentId) {
    return new Protocols(
        graph
            .components()
            .getEnvironmentsOrDefault(environmentId, RunnerApi.Environment.getDefaultInstance())
            .getCapabilitiesList());
  }

  /** Whether it takes the elements of a bundle out of the request for it. */
  boolean embedsElements() {
    return capabilities.contains(EMBEDDING);
  }

  /** Whether it can show elements. */
  boolean samples() {
    return capabilities.contains(SAMPLING);
  }

  /** Whether it says how far a bundle has come, also while a function of the user's is at work. */
  boolean reportsProgress() {
    return capabilities.stream().anyMatch(urn -> urn.startsWith(PROGRESS));
  }
}
