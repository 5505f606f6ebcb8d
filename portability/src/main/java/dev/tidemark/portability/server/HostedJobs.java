package dev.tidemark.portability.server;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.bundle.HarnessSettings;
import dev.tidemark.portability.bundle.MetricsInHand;
import dev.tidemark.portability.environment.Experiments;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobExecutions;
import dev.tidemark.portability.job.JobListener;
import dev.tidemark.portability.job.JobRefusedException;
import dev.tidemark.runner.epoch.KeptJobs;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.job.InvalidOptionException;
import dev.tidemark.runner.job.JobOptions;
import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.StateHome;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.UnsupportedPipelineException;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs in this process, but for the functions of their users, which run in SDK harnesses.
 *
 * <p>Thread-safe.
 */
final class HostedJobs implements JobExecutions {
  /** With this experiment SDKs keep some elements, and those that functions fail on. */
  private static final String SAMPLING = "enable_data_sampling";

  private static final Logger LOG = LoggerFactory.getLogger(HostedJobs.class);

  private final JobHarnesses harnesses;
  private final StateHome states;
  private final MemoryBudget memory;

  /**
   * Jobs that keep their state, if they are to, in {@code states}.
   *
   * @param memory what they take together for what they can put on disk
   */
  HostedJobs(JobHarnesses harnesses, StateHome states, MemoryBudget memory) {
    this.harnesses = harnesses;
    this.states = states;
    this.memory = memory;
  }

  @Override
  public Prepared prepare(JobDescription job) throws JobRefusedException {
    List<String> problems = new ArrayList<>(harnesses.problems(job.pipeline()));
    TidemarkOptions options = null;
    HarnessSettings settings = HarnessSettings.DEFAULT;
    StageGraph graph = null;
    try {
      PipelineOptions given = ClientOptions.of(job.options(), job.jobName());
      settings = HarnessOptions.settings(given);
      options = JobOptions.prepare(given);
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    try {
      graph = PipelineTranslator.translate(job.pipeline(), TranslationOptions.harness());
    } catch (UnsupportedPipelineException e) {
      e.problems().forEach(problem -> problems.add(problem.toString()));
    } catch (RuntimeException e) {
      // A client may send anything; what holds no sense is its fault, not the server's.
      LOG.info("Job '{}' cannot be read", job.jobName(), e);
      problems.add("The pipeline cannot be read: " + e);
    }
    if (options != null && graph != null && problems.isEmpty()) {
      try {
        JobOptions.complete(options, graph.bounded());
        return prepared(job, graph, options, settings);
      } catch (InvalidOptionException | StateException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    throw new JobRefusedException(problems);
  }

  private Prepared prepared(
      JobDescription job, StageGraph graph, TidemarkOptions options, HarnessSettings settings) {
    NamedState state = NamedState.of(options, states).orElse(null);
    if (state == null && options.isDeadLetters()) {
      throw new InvalidOptionException(
          "--deadLetters needs --stateName, a name for the job's state");
    }
    String objection = state == null ? null : KeptJobs.objection(graph, options.isStreaming());
    if (objection != null) {
      throw new InvalidOptionException("--stateName=" + options.getStateName() + ": " + objection);
    }
    // Half of it is on the heap.
    options.setStateMemoryMegabytes(
        Math.max(1, Math.min(memory.limit() >> 19, options.getStateMemoryMegabytes())));
    return (pipeline, artifacts) -> {
      MetricsInHand metrics = new MetricsInHand();
      return new HostedJob(
          new HostedRun(
              graph,
              options,
              state,
              memory,
              listener ->
                  harnesses.open(
                      job,
                      graph,
                      pipeline,
                      artifacts,
                      new HarnessJob(
                          settings,
                          metrics,
                          text -> listener.message(JobListener.Level.WARNING, text),
                          Experiments.contains(job.options(), SAMPLING)),
                      listener)),
          metrics);
    };
  }
}
