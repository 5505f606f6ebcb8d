package dev.tidemark.runner.simulation;

import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.job.SimulatedRunner;
import dev.tidemark.runner.job.TidemarkPipelineResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs pipelines of descriptions to their end. */
final class Runs {
  private static final Duration LONGEST = Duration.standardMinutes(1);

  private Runs() {}

  /**
   * What a run came to.
   *
   * @param observation what it put out
   * @param failure what went wrong, or null if all agrees with the oracle
   */
  record Run(Observation observation, @Nullable String failure) {}

  /** As users run pipelines. */
  static Run of(PipelineSpec spec, String runner, int lanes) {
    return of(spec, runner, lanes, Pipeline::run);
  }

  /** With all lanes on one thread, in an order that a seed decides, or otherwise adversarially. */
  static Run of(PipelineSpec spec, int lanes, Simulation simulation) {
    return of(spec, "TidemarkRunner", lanes, pipeline -> SimulatedRunner.run(pipeline, simulation));
  }

  private static Run of(
      PipelineSpec spec, String runner, int lanes, Function<Pipeline, PipelineResult> start) {
    String name = UUID.randomUUID().toString();
    Collected collected = Collected.of(name);
    try {
      Pipeline pipeline =
          Pipeline.create(
              PipelineOptionsFactory.fromArgs(
                      "--runner=" + runner,
                      lanes(runner) + lanes,
                      "--streaming=" + (spec.timeline().kind() == Timeline.Kind.CREATE_STREAMING))
                  .create());
      BeamPipeline.build(spec, pipeline, name);
      PipelineResult result = start.apply(pipeline);
      if (result instanceof TidemarkPipelineResult job) {
        collected.timeToDrain().thenRunAsync(job::drain);
      }
      PipelineResult.State state = result.waitUntilFinish(LONGEST);
      Observation observation = collected.observation();
      if (state != PipelineResult.State.DONE) {
        result.cancel();
        return new Run(observation, "ended in state " + state);
      }
      return new Run(observation, observation.disagreement(taken(spec, collected)));
    } catch (Exception | AssertionError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      return new Run(collected.observation(), trace.toString());
    } finally {
      Collected.forget(name);
    }
  }

  /** The pipeline, as if its source had ended where the drain has ended it. */
  private static PipelineSpec taken(PipelineSpec spec, Collected collected) {
    return spec.timeline().kind() == Timeline.Kind.DRAINED_READ
        ? spec.with(
            new Timeline(
                Timeline.Kind.DRAINED_READ, List.of(new Timeline.Elements(collected.taken()))))
        : spec;
  }

  private static String lanes(String runner) {
    return runner.equals("DirectRunner") ? "--targetParallelism=" : "--parallelism=";
  }
}
