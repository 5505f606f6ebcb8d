package dev.tidemark.runner.stage.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A way to run a scenario that a host may choose and that an operator may not depend on.
 *
 * @param name for failure messages
 * @param bundleSize how many elements go in a bundle at most
 * @param lazy whether a bundle stays open after elements until something else happens, so that the
 *     watermark passes them in the bundle that they came in
 * @param watermarkSteps in how many steps the watermark gets from one value to the next
 * @param repeatWatermark whether each watermark is told twice
 * @param byKey whether elements that arrive together are sorted by key, stably
 * @param restoreChance how probable it is, at each point where no bundle is open, that the
 *     processor is closed and another one opened over what was written down
 * @param divideChance how probable it is, at each output, that another lane takes a part of what
 *     the operator is doing; it is done here then, but as by that lane
 * @param mostPerRound about how many groups of windows that are due fire before the bundle ends
 * @param seed of the choice of those points
 */
public record Schedule(
    String name,
    int bundleSize,
    boolean lazy,
    int watermarkSteps,
    boolean repeatWatermark,
    boolean byKey,
    double restoreChance,
    double divideChance,
    int mostPerRound,
    long seed) {

  /** Few and large bundles, nothing else. */
  public static final Schedule PLAIN =
      schedule("plain", Integer.MAX_VALUE, true, 1, false, false, 0, 0);

  private static Schedule schedule(
      String name,
      int bundleSize,
      boolean lazy,
      int watermarkSteps,
      boolean repeatWatermark,
      boolean byKey,
      double restoreChance,
      double divideChance) {
    return new Schedule(
        name,
        bundleSize,
        lazy,
        watermarkSteps,
        repeatWatermark,
        byKey,
        restoreChance,
        divideChance,
        Integer.MAX_VALUE,
        0);
  }

  /** The schedules that every operator has to give the same results under. */
  public static List<Schedule> all() {
    List<Schedule> schedules = new ArrayList<>();
    schedules.add(PLAIN);
    schedules.add(schedule("a bundle for each element", 1, false, 1, false, false, 0, 0));
    schedules.add(schedule("many watermarks", 2, true, 7, true, false, 0, 0));
    schedules.add(schedule("key by key", Integer.MAX_VALUE, false, 1, false, true, 0, 0));
    schedules.add(schedule("divided", 2, false, 1, false, false, 0, 1));
    schedules.add(schedule("restored wherever possible", 1, false, 3, true, false, 1, 0.5));
    schedules.add(new Schedule("group by group", 2, false, 1, false, false, 0.5, 0, 1, 0));
    for (long seed = 1; seed <= 5; seed++) {
      schedules.add(
          new Schedule(
              "restored at random " + seed,
              3,
              seed % 2 == 0,
              2,
              true,
              false,
              0.5,
              0.3,
              Integer.MAX_VALUE,
              seed));
    }
    return schedules;
  }

  Random random() {
    return new Random(seed);
  }

  @Override
  public String toString() {
    return name;
  }
}
