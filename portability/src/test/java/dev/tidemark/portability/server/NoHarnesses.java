package dev.tidemark.portability.server;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobListener;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/** Runs pipelines without functions of a user only: nothing of a client's is ever started. */
final class NoHarnesses implements JobHarnesses {

  @Override
  public List<String> problems(RunnerApi.Pipeline pipeline) {
    return pipeline.getComponents().getTransformsMap().values().stream()
        .map(RunnerApi.PTransform::getEnvironmentId)
        .filter(id -> !id.isEmpty())
        .distinct()
        .map(id -> "Environment '" + id + "' cannot be started: this server starts none.")
        .toList();
  }

  @Override
  public Opened open(
      JobDescription job,
      StageGraph graph,
      RunnerApi.Pipeline pipeline,
      StagedArtifacts artifacts,
      HarnessJob bundles,
      JobListener messages) {
    return new Opened() {
      @Override
      public HarnessNodes nodes() {
        return HarnessNodes.NONE;
      }

      @Override
      public void close() {}
    };
  }
}
