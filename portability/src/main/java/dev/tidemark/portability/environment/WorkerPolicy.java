package dev.tidemark.portability.environment;

import java.time.Duration;

/**
 * How many workers there are, and how patiently they are started.
 *
 * <p>Immutable.
 *
 * @param most how many an environment has at most: one a lane, up to the number of cores
 * @param startTimeout how long one may take to connect, once it runs
 * @param startTries how often in a row a start may fail
 * @param backOff the wait after a first failure; it doubles with each that follows
 * @param maxBackOff where that ends
 * @param healthyAfter a worker that has lived so long does not count as a failure when it is lost
 * @param farewell how long workers may take to end by themselves when the job has ended: they tear
 *     their functions down
 */
public record WorkerPolicy(
    int most,
    Duration startTimeout,
    int startTries,
    Duration backOff,
    Duration maxBackOff,
    Duration healthyAfter,
    Duration farewell) {

  /** What fits most jobs, for so many lanes and cores. */
  public static WorkerPolicy standard(int lanes, int cores) {
    return new WorkerPolicy(
        Math.max(1, Math.min(lanes, cores)),
        Duration.ofMinutes(2),
        3,
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5));
  }

  /** The wait after so many failures in a row; none after none. */
  Duration backOff(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration doubled = backOff.multipliedBy(1L << Math.min(failures - 1, 20));
    return doubled.compareTo(maxBackOff) < 0 ? doubled : maxBackOff;
  }
}
