package dev.tidemark.runner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs random pipelines with one, two and four lanes and under adversarial schedules, and holds
 * what comes out against the oracle.
 *
 * <p>{@code -Dsimulation.count=N} says how many, {@code -Dsimulation.first=N} with which seed to
 * begin, {@code -Dsimulation.seed=N} runs a single one again in all ways, {@code
 * -Dsimulation.lanes=1,2} at other lane counts, and {@code -Dsimulation.runner=DirectRunner} on
 * another runner. {@code runner/simulate} does the same for as long as asked.
 *
 * <p>Then as many as {@code -Dsimulation.crashes=N} says as jobs that keep their state and crash.
 */
class SimulationTest {
  private static final String RUNNER = System.getProperty("simulation.runner", "TidemarkRunner");
  private static final List<Integer> LANES =
      Stream.of(System.getProperty("simulation.lanes", "1,2,4").split(",", -1))
          .map(Integer::valueOf)
          .toList();
  private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

  @Test
  void resultsAreTheOraclesWhateverTheNumberOfLanesAndTheSchedule() {
    Long single = Long.getLong("simulation.seed");
    long first = single == null ? Long.getLong("simulation.first", 0L) : single;
    int count = single == null ? Integer.getInteger("simulation.count", 2_000) : 1;
    System.out.printf(
        "Simulation: %d random pipelines on %s, seeds %d to %d;"
            + " one again with -Dsimulation.seed=N%n",
        count, RUNNER, first, first + count - 1);
    Campaign campaign =
        new Campaign(first, seed -> single == null ? trial(seed) : trialInAllWays());

    String failure = campaign.run(THREADS, seed -> seed < first + count);

    assertThat(failure).withFailMessage(() -> failure).isNull();
  }

  @Test
  void resultsAreTheOraclesWhereverTheJobCrashes() {
    long first = Long.getLong("simulation.seed", Long.getLong("simulation.first", 0L));
    int count =
        Long.getLong("simulation.seed") == null
            ? Integer.getInteger("simulation.crashes", 1_000)
            : 1;
    Campaign campaign = new Campaign(first, seed -> Trial.ofCrashes());

    String failure = campaign.run(THREADS, seed -> campaign.done() < count);

    System.out.printf(
        "Simulation: %d random pipelines that crash, seeds from %d;"
            + " one again with -Dsimulation.seed=N%n",
        campaign.done(), first);
    assertThat(failure).withFailMessage(() -> failure).isNull();
  }

  /** Every fourth with all numbers of lanes, the others with one; every third adversarially. */
  private static Trial trial(long seed) {
    int turn = (int) Math.floorMod(seed, 4L * LANES.size());
    List<Integer> lanes = turn % 4 == 0 ? LANES : List.of(LANES.get(turn % LANES.size()));
    return new Trial(RUNNER, lanes, onTidemark() && Math.floorMod(seed, 3) == 0, false);
  }

  private static Trial trialInAllWays() {
    return new Trial(RUNNER, LANES, onTidemark(), onTidemark());
  }

  private static boolean onTidemark() {
    return RUNNER.equals("TidemarkRunner");
  }
}
