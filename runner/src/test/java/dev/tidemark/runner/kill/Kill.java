package dev.tidemark.runner.kill;

import dev.tidemark.runner.faults.FaultLibrary.End;
import dev.tidemark.runner.faults.FaultLibrary.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * How a process comes to its end, always by {@code kill -9}. It lives for some time after it has
 * said that it runs, unless something else is said.
 */
sealed interface Kill {
  /** Out of the blue. */
  record AtRandom(long afterMillis) implements Kill {}

  /** So long after the process was started: while it starts, or recovers. */
  record AtStart(long afterMillis) implements Kill {}

  /** At an operation on the files of its state. */
  record AtOperation(String when, End end) implements Kill {}

  /** After it has stood still for a while. */
  record Stopped(long stoppedMillis, long afterMillis) implements Kill {}

  /** After the wall clock has jumped. */
  record ClockJumps(List<Long> offsetsMillis, long betweenMillis) implements Kill {}

  /** What it is called in the report. */
  default String name() {
    if (this instanceof AtOperation operation) {
      return operation.when();
    } else if (this instanceof AtRandom) {
      return "at random";
    } else if (this instanceof AtStart) {
      return "soon after the start";
    } else if (this instanceof Stopped) {
      return "after SIGSTOP and SIGCONT";
    }
    return "after clock jumps";
  }

  /**
   * So many ends; of each kind about as many.
   *
   * @param library whether there is the library that knows of operations and of the clock
   */
  static List<Kill> mix(int count, Random random, boolean library) {
    List<Kill> all = new ArrayList<>();
    while (all.size() < count) {
      List<Kill> round = new ArrayList<>();
      round.add(new AtRandom(random.nextInt(1_000)));
      round.add(new AtStart(random.nextInt(2_000)));
      round.add(new Stopped(200 + random.nextInt(1_500), random.nextInt(500)));
      if (library) {
        round.add(
            new AtOperation(
                "in a commit",
                new End(Operation.SYNC, ".log", 1 + random.nextInt(60), random.nextBoolean())));
        round.add(
            new AtOperation(
                "in recovery",
                new End(Operation.ANY, "-", 1 + random.nextInt(40), random.nextBoolean())));
        round.add(
            new AtOperation(
                "in a snapshot",
                new End(
                    Operation.ANY, "snapshots/", 1 + random.nextInt(60), random.nextBoolean())));
        round.add(clockJumps(random));
      }
      Collections.shuffle(round, random);
      all.addAll(round);
    }
    return all.subList(0, count);
  }

  private static Kill clockJumps(Random random) {
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      long far = random.nextInt(4) == 0 ? 3_600_000 : 3_000;
      offsets.add((long) (far * (2 * random.nextDouble() - 1)));
    }
    return new ClockJumps(offsets, 20 + random.nextInt(150));
  }
}
