package dev.tidemark.runner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/**
 * Runs random pipelines with one, two and four lanes and holds what comes out against the oracle.
 *
 * <p>{@code -Dsimulation.count=N} says how many, {@code -Dsimulation.first=N} with which seed to
 * begin, {@code -Dsimulation.seed=N} runs a single one again, {@code -Dsimulation.lanes=1,2} at
 * other lane counts, and {@code -Dsimulation.runner=DirectRunner} on another runner.
 */
class SimulationTest {
  private static final String RUNNER =
      System.getProperty("simulation.runner", "TestTidemarkRunner");
  private static final int MOST_FAILURES = 10;
  private static final Duration LONGEST_RUN = Duration.ofMinutes(1);

  @Test
  void resultsAreTheOraclesWhateverTheNumberOfLanes() {
    long[] seeds = seeds();
    System.out.printf(
        "Simulation: %d random pipelines on %s, seeds %d to %d;"
            + " one again with -Dsimulation.seed=N%n",
        seeds.length, RUNNER, seeds[0], seeds[seeds.length - 1]);
    List<String> failures = new ArrayList<>();
    for (long seed : seeds) {
      for (int lanes : lanes()) {
        String failure = run(RandomPipeline.of(seed), lanes);
        if (failure != null) {
          failures.add("seed " + seed + ", " + lanes + " lanes: " + failure);
          break;
        }
      }
      if (failures.size() >= MOST_FAILURES) {
        break;
      }
    }
    assertThat(failures).withFailMessage(() -> String.join("\n\n", failures)).isEmpty();
  }

  private static @org.jspecify.annotations.Nullable String run(PipelineSpec spec, int lanes) {
    String run = UUID.randomUUID().toString();
    try {
      Pipeline pipeline =
          Pipeline.create(PipelineOptionsFactory.fromArgs(arguments(lanes)).create());
      BeamPipeline.build(spec, pipeline, run);
      PipelineResult result = pipeline.run();
      PipelineResult.State state =
          result.waitUntilFinish(org.joda.time.Duration.millis(LONGEST_RUN.toMillis()));
      if (state != PipelineResult.State.DONE) {
        result.cancel();
        return "ended in state " + state + " " + spec;
      }
    } catch (Exception | AssertionError e) {
      java.io.StringWriter trace = new java.io.StringWriter();
      e.printStackTrace(new java.io.PrintWriter(trace));
      return trace + " " + spec;
    }
    String disagreement = Collected.take(run).disagreement(spec);
    return disagreement == null ? null : disagreement + "\n    of " + spec;
  }

  private static String[] arguments(int lanes) {
    String parallelism = RUNNER.equals("DirectRunner") ? "--targetParallelism=" : "--parallelism=";
    return new String[] {"--runner=" + RUNNER, parallelism + lanes};
  }

  private static long[] seeds() {
    Long single = Long.getLong("simulation.seed");
    if (single != null) {
      return new long[] {single};
    }
    long first = Long.getLong("simulation.first", 0L);
    return LongStream.range(first, first + Integer.getInteger("simulation.count", 500)).toArray();
  }

  private static List<Integer> lanes() {
    List<Integer> lanes = new ArrayList<>();
    for (String each : System.getProperty("simulation.lanes", "1,2,4").split(",", -1)) {
      lanes.add(Integer.valueOf(each));
    }
    return lanes;
  }
}
