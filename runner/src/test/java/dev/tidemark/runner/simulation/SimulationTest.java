package dev.tidemark.runner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
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

  @Test
  void resultsAreTheOraclesWhateverTheNumberOfLanes() {
    check(
        RUNNER,
        1,
        seed -> {
          for (int lanes : lanes()) {
            String failure = Runs.of(RandomPipeline.of(seed), RUNNER, lanes).failure();
            if (failure != null) {
              return lanes + " lanes: " + failure;
            }
          }
          return null;
        });
  }

  /**
   * Lanes take turns on one thread, epochs end after a few elements, and state leaves memory after
   * every page: the results stay the oracle's, and the same seed gives the same panes in the same
   * order.
   */
  @Test
  void adversarialSchedulesChangeNothingAndCanBeRepeated() {
    check(
        "the seeded scheduler",
        5,
        seed -> {
          PipelineSpec spec = RandomPipeline.of(seed);
          Simulation simulation = new Simulation(seed, 1 + seed % 7, true, 100 * (seed % 3), null);
          Runs.Run first = Runs.of(spec, 3, simulation);
          if (first.failure() != null || !spec.repeatable()) {
            return first.failure();
          }
          Observation again = Runs.of(spec, 3, simulation).observation();
          return again.equals(first.observation())
              ? null
              : "first " + first.observation() + "\n    then " + again + "\n    of " + spec;
        });
  }

  private static void check(String where, int oneIn, LongFunction<@Nullable String> run) {
    long[] seeds = seeds(oneIn);
    System.out.printf(
        "Simulation: %d random pipelines on %s, seeds %d to %d;"
            + " one again with -Dsimulation.seed=N%n",
        seeds.length, where, seeds[0], seeds[seeds.length - 1]);
    List<String> failures = new ArrayList<>();
    for (long seed : seeds) {
      String failure = run.apply(seed);
      if (failure != null) {
        failures.add("seed " + seed + ", " + failure);
      }
      if (failures.size() >= MOST_FAILURES) {
        break;
      }
    }
    assertThat(failures).withFailMessage(() -> String.join("\n\n", failures)).isEmpty();
  }

  private static long[] seeds(int oneIn) {
    Long single = Long.getLong("simulation.seed");
    if (single != null) {
      return new long[] {single};
    }
    long first = Long.getLong("simulation.first", 0L);
    int count = Math.max(1, Integer.getInteger("simulation.count", 500) / oneIn);
    return LongStream.range(first, first + count).toArray();
  }

  private static List<Integer> lanes() {
    List<Integer> lanes = new ArrayList<>();
    for (String each : System.getProperty("simulation.lanes", "1,2,4").split(",", -1)) {
      lanes.add(Integer.valueOf(each));
    }
    return lanes;
  }
}
