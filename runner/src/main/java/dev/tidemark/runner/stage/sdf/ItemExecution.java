package dev.tidemark.runner.stage.sdf;

/**
 * How the work items of a node are run.
 *
 * <p>Owned by the lane.
 */
interface ItemExecution extends AutoCloseable {
  /** Takes a new item. */
  void add(WorkItem item) throws Exception;

  /**
   * Goes on with the items that are due.
   *
   * @return whether everything due was done
   */
  boolean resume() throws Exception;

  /** Takes part in what other lanes are doing. */
  default void help() throws Exception {}

  /**
   * When {@link #resume} has something to do, in processing time; {@link Long#MAX_VALUE}: never.
   */
  long nextResume();

  /** The lowest timestamp that an item may still emit. */
  long hold();

  /** The lowest timestamp of the elements whose items are not done. */
  long elementHold();

  /** Finishes the user's bundle, if one is open. */
  void finishBundle() throws Exception;

  /** Releases everything, user functions torn down. */
  @Override
  void close() throws Exception;
}
