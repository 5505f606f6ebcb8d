package dev.tidemark.runner.job;

import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.StateHome;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A state directory that a job got without asking for it, with its store.
 *
 * <p>Immutable.
 *
 * @param home in which it is
 * @param path the directory
 * @param store the job's
 */
record FreshDirectory(StateHome home, Path path, JobStore store) {
  private static final Logger LOG = LoggerFactory.getLogger(FreshDirectory.class);

  /**
   * Decides what becomes of the directory, when the store is closed: it stays if the job can go on
   * from it.
   */
  void settle(boolean resumable) {
    if (resumable) {
      LOG.warn("the job can go on from its last commit with --stateDir={}", path);
    } else {
      remove(home, path);
    }
  }

  /** Removes a directory; if that fails, it is in the list of those that can be removed. */
  static void remove(StateHome home, Path path) {
    try {
      home.remove(path.getFileName().toString());
    } catch (StateException e) {
      LOG.warn("the state of the job was not removed", e);
    }
  }
}
