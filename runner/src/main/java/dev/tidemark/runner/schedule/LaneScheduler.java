package dev.tidemark.runner.schedule;

/**
 * Runs the lanes of a job.
 *
 * <p>Owned by the driver.
 */
public interface LaneScheduler extends AutoCloseable {

  /** One step of every lane. */
  @FunctionalInterface
  interface LaneTask {
    /** Runs the step of one lane; lane {@code n} always runs on the same thread. */
    void run(int lane) throws Exception;
  }

  /**
   * Runs {@code task} once for each lane and waits until all have ended, also those after one that
   * failed.
   *
   * @throws Exception what the lane of the lowest number among those that failed threw; the others'
   *     failures are suppressed in it
   */
  void runAll(LaneTask task) throws Exception;

  /** Interrupts the lanes that are running. From any thread. */
  void interrupt();

  /** Ends the threads. No task may be running. */
  @Override
  void close();
}
