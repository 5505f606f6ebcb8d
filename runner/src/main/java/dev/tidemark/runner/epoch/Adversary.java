package dev.tidemark.runner.epoch;

import java.util.Random;

/**
 * Decides an adversarial run, see {@link Simulation#adversarial(long)}.
 *
 * <p>Owned by the driver, whose thread runs the lanes as well.
 */
final class Adversary {
  /** The greatest bundle, and the greatest take of a source in one of the first epochs. */
  private static final int TINY = 3;

  /** After how many takes the greatest one doubles. */
  private static final long TAKES_OF_A_SIZE = 300;

  private final Random random;
  private final int bundleElements;
  private long takes;

  Adversary(long seed) {
    random = new Random(seed);
    bundleElements = 1 + random.nextInt(TINY);
  }

  /** How many elements a bundle holds at most. */
  int bundleElements() {
    return bundleElements;
  }

  /** How many elements a source in a lane may emit in its next turn. */
  long take() {
    long most = (long) TINY << Math.min(takes++ / TAKES_OF_A_SIZE, 40);
    return 1 + random.nextLong(most);
  }

  /** Whether to restore all state from the store before the next epoch. */
  boolean restores() {
    return random.nextBoolean();
  }
}
