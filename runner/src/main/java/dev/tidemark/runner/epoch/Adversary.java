package dev.tidemark.runner.epoch;

import dev.tidemark.runner.stage.StagePolicy;
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

  /**
   * How long a splittable function may take, in milliseconds: so long that how busy the machine is
   * does not decide where it is cut.
   */
  private static final long PROCESS_MILLIS = 10_000;

  private final Random random;
  private long takes;

  Adversary(long seed) {
    random = new Random(seed);
  }

  /** The policies of a job that would usually have {@code usual}. */
  StagePolicy policy(StagePolicy usual) {
    return new StagePolicy(
        usual.streaming(),
        1 + random.nextInt(TINY),
        usual.maxBundleMillis(),
        PROCESS_MILLIS,
        usual.checkMutations(),
        usual.inlineSplittable(),
        usual.processingTime(),
        1 + random.nextInt(TINY));
  }

  /** How many elements a source in a lane may emit in its next turn. */
  long take() {
    long most = (long) TINY << Math.min(takes++ / TAKES_OF_A_SIZE, 40);
    return 1 + random.nextLong(most);
  }

  /** Which of so many senders' pages comes next. */
  int sender(int senders) {
    return random.nextInt(senders);
  }

  /** Whether to restore all state from the store before the next epoch. */
  boolean restores() {
    return random.nextBoolean();
  }
}
