package dev.tidemark.portability.server;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobListener;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What runs the functions of jobs, in SDK harnesses.
 *
 * <p>Thread-safe.
 */
public interface JobHarnesses {

  /**
   * Which environments of a pipeline cannot be started here, and what to do about it; empty if all
   * can. Quick: nothing is started.
   */
  List<String> problems(RunnerApi.Pipeline pipeline);

  /**
   * Makes what one job needs, and begins to start its workers.
   *
   * @param graph the job's
   * @param pipeline the job's, its artifacts replaced by references
   * @param artifacts what the references stand for
   * @param bundles limits, and what bundles have counted so far
   * @param messages takes what workers log
   */
  Opened open(
      JobDescription job,
      StageGraph graph,
      RunnerApi.Pipeline pipeline,
      StagedArtifacts artifacts,
      HarnessJob bundles,
      JobListener messages);

  /** What one job needs. Thread-safe. */
  interface Opened extends AutoCloseable {

    /** Runs its nodes. */
    HarnessNodes nodes();

    /** Ends its workers, and waits until they are gone. */
    @Override
    void close();
  }
}
