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
    long seed) {

  /** Few and large bundles, nothing else. */
  public static final Schedule PLAIN =
      new Schedule("plain", Integer.MAX_VALUE, true, 1, false, false, 0, 0, 0);

  /** The schedules that every operator has to give the same results under. */
  public static List<Schedule> all() {
    List<Schedule> schedules = new ArrayList<>();
    schedules.add(PLAIN);
    schedules.add(new Schedule("a bundle for each element", 1, false, 1, false, false, 0, 0, 0));
    schedules.add(new Schedule("many watermarks", 2, true, 7, true, false, 0, 0, 0));
    schedules.add(new Schedule("key by key", Integer.MAX_VALUE, false, 1, false, true, 0, 0, 0));
    schedules.add(new Schedule("divided", 2, false, 1, false, false, 0, 1, 0));
    schedules.add(new Schedule("restored wherever possible", 1, false, 3, true, false, 1, 0.5, 0));
    for (long seed = 1; seed <= 5; seed++) {
      schedules.add(
          new Schedule(
              "restored at random " + seed, 3, seed % 2 == 0, 2, true, false, 0.5, 0.3, seed));
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
