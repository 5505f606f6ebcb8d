package dev.tidemark.runner.exchange;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Gives out files for what does not fit into memory. They need not outlive the job.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface ScratchSpace {
  /**
   * Makes an empty file that nobody else uses. Who asked for it should delete it; the rest goes
   * with the job.
   *
   * @throws IOException if there is no room or no right to do so
   */
  Path createFile() throws IOException;
}
