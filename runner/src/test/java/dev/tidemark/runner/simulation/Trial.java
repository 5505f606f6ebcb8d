package dev.tidemark.runner.simulation;

import dev.tidemark.runner.epoch.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline in several ways, each of which has to agree with the oracle.
 *
 * @param runner the runner's name
 * @param lanes with how many lanes, once for each
 * @param adversarial whether also under a seeded scheduler
 * @param crashing whether also as a durable job that crashes, where the pipeline can be one
 */
record Trial(String runner, List<Integer> lanes, boolean adversarial, boolean crashing) {

  /** Only as a job that crashes and goes on. */
  static Trial ofCrashes() {
    return new Trial("TidemarkRunner", List.of(), false, true);
  }

  /** Whether there is any way to run a pipeline. */
  boolean takes(PipelineSpec spec) {
    return !lanes.isEmpty() || adversarial || Crashes.durable(spec).isPresent();
  }

  /** The ways one by one. */
  List<Trial> ways() {
    List<Trial> ways = new ArrayList<>();
    lanes.forEach(count -> ways.add(new Trial(runner, List.of(count), false, false)));
    if (adversarial) {
      ways.add(new Trial(runner, List.of(), true, false));
    }
    if (crashing) {
      ways.add(ofCrashes());
    }
    return ways;
  }

  /** Says what is wrong with the first run that fails, or gives null. */
  @Nullable String failure(PipelineSpec spec) {
    for (int count : lanes) {
      String failure = Runs.of(spec, runner, count).failure();
      if (failure != null) {
        return "with " + count + " lanes: " + failure;
      }
    }
    String failure = adversarial ? adversarialFailure(spec) : null;
    if (failure != null) {
      return "with the seeded scheduler: " + failure;
    }
    failure = crashing ? Crashes.failure(spec) : null;
    return failure == null ? null : "with crashes: " + failure;
  }

  /**
   * Lanes take turns on one thread, epochs end after a few elements, and state leaves memory after
   * every page: the results stay the oracle's, and the same seed gives the same panes in the same
   * order.
   */
  private static @Nullable String adversarialFailure(PipelineSpec spec) {
    Simulation simulation =
        new Simulation(spec.seed(), 1 + spec.seed() % 7, true, 100 * (spec.seed() % 3), null);
    Runs.Run first = Runs.of(spec, 3, simulation);
    if (first.failure() != null || !spec.repeatable()) {
      return first.failure();
    }
    Observation again = Runs.of(spec, 3, simulation).observation();
    return again.equals(first.observation())
        ? null
        : "first " + first.observation() + "\n    then " + again;
  }
}
