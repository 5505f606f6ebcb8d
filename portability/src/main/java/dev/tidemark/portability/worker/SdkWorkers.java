package dev.tidemark.portability.worker;

/**
 * The workers of one job, by environment. A lane is served by the same worker as long as that
 * lives, so that what it caches stays valid.
 *
 * <p>Thread-safe.
 */
public interface SdkWorkers extends AutoCloseable {

  /**
   * The worker that serves a lane for functions of an environment; starts one, and waits for it to
   * connect, if there is none or it is lost.
   *
   * @param environmentId an id in the pipeline's components
   * @param lane the lane, from 0
   * @throws WorkerLostException if it cannot be started, or does not connect in time
   */
  SdkWorker worker(String environmentId, int lane) throws WorkerLostException, InterruptedException;

  /** How many bundles may be at work at a time for functions of an environment in a batch job. */
  default Turns turns(String environmentId) {
    return Turns.unlimited();
  }

  /**
   * Ends all workers: who asks next gets new ones, which have nothing in memory of what ran before.
   * To be called when no bundle is under way.
   */
  void renew();

  /** Ends all workers, and waits until their processes are gone. */
  @Override
  void close();
}
