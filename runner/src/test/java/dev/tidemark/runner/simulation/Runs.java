package dev.tidemark.runner.simulation;

import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.job.SimulatedRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
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
      PipelineResult.State state = result.waitUntilFinish(LONGEST);
      if (state != PipelineResult.State.DONE) {
        result.cancel();
        return failed(name, "ended in state " + state, spec);
      }
    } catch (Exception | AssertionError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      return failed(name, trace.toString(), spec);
    }
    Observation observation = Collected.take(name);
    String disagreement = observation.disagreement(spec);
    return new Run(observation, disagreement == null ? null : disagreement + "\n    of " + spec);
  }

  private static Run failed(String name, String what, PipelineSpec spec) {
    return new Run(Collected.take(name), what + "\n    of " + spec);
  }

  private static String lanes(String runner) {
    return runner.equals("DirectRunner") ? "--targetParallelism=" : "--parallelism=";
  }
}
