package dev.tidemark.runner.stage;

/**
 * A {@link NodeProcessor} that takes part in what other lanes are doing, see {@link SharedWork}.
 *
 * <p>Owned by the lane.
 */
public interface WorkSharer extends NodeProcessor {
  /**
   * Called inside a bundle, once a round, after everything that is due in this lane was done: takes
   * work from other lanes as long as there is some.
   */
  void help() throws Exception;
}
