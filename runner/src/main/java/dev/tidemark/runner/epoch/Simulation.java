package dev.tidemark.runner.epoch;

import dev.tidemark.runner.schedule.ManualClock;
import org.jspecify.annotations.Nullable;

/**
 * What a run replaces so that it can be repeated exactly, or to be as nasty as the contract allows.
 *
 * <p>Immutable.
 *
 * @param seed runs all lanes on the driver's thread in an order that this decides; null for real
 *     threads
 * @param maxEpochElements how many elements an epoch takes of each source and lane at most
 * @param durableState whether state is written to the store and read back in every epoch
 * @param memoryBytes how many bytes the job keeps in memory of what it can put on disk; null for
 *     what the options say
 * @param clock processing time; null for the machine's, or that of the job's {@code TestStream}s
 * @param adversarial see {@link #adversarial(long)}
 */
public record Simulation(
    @Nullable Long seed,
    long maxEpochElements,
    boolean durableState,
    @Nullable Long memoryBytes,
    @Nullable ManualClock clock,
    boolean adversarial) {
  /** A run as users have it. */
  public static final Simulation NONE = new Simulation(null, Long.MAX_VALUE, false, null, null);

  /** A run that is repeatable, but not adversarial. */
  public Simulation(
      @Nullable Long seed,
      long maxEpochElements,
      boolean durableState,
      @Nullable Long memoryBytes,
      @Nullable ManualClock clock) {
    this(seed, maxEpochElements, durableState, memoryBytes, clock, false);
  }

  /**
   * A run in which nothing happens at the same time: one thread runs the lanes one after the other,
   * in an order that {@code seed} decides, unbounded splittable functions included.
   */
  public static Simulation sequential(long seed) {
    return new Simulation(seed, Long.MAX_VALUE, false, null, null);
  }

  /**
   * A run under the worst schedule that is allowed, decided by {@code seed}: epochs of a few
   * elements, pages of one that overtake those of other senders, bundles of one to three, a few
   * event timers in a round, lanes in random order, and between epochs all state, timers and holds
   * are now and then dropped and read from the store. As a large input would take forever so,
   * epochs grow in the course of a long run.
   */
  public static Simulation adversarial(long seed) {
    return new Simulation(seed, Long.MAX_VALUE, true, null, null, true);
  }
}
