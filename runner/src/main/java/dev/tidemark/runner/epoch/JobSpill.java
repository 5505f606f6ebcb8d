package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.exchange.ScratchFolder;
import dev.tidemark.runner.exchange.SpillSpace;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much memory the parts of a job may take, and the folder for what does not fit.
 *
 * <p>Thread-safe.
 *
 * @param exchanges for pages between stages
 * @param sideInputs for what side inputs show
 * @param bundles for what goes into bundles in SDK harnesses, and comes out of them
 */
record JobSpill(
    ScratchFolder folder, SpillSpace exchanges, SpillSpace sideInputs, SpillSpace bundles) {
  private static final Logger LOG = LoggerFactory.getLogger(JobSpill.class);

  private static final int EXCHANGES_OF_HEAP = 4;

  // As objects they take several times what they take encoded, by which they are counted.
  private static final int SIDE_INPUTS_OF_HEAP = 16;

  private static final int BUNDLES_OF_HEAP = 8;

  static JobSpill create(ExecutionOptions options, Simulation simulation) {
    String parent = options.getScratchDir();
    ScratchFolder folder =
        new ScratchFolder(Path.of(parent == null ? System.getProperty("java.io.tmpdir") : parent));
    return new JobSpill(
        folder,
        new SpillSpace(folder, budget(simulation, EXCHANGES_OF_HEAP)),
        new SpillSpace(folder, budget(simulation, SIDE_INPUTS_OF_HEAP)),
        new SpillSpace(folder, budget(simulation, BUNDLES_OF_HEAP)));
  }

  private static MemoryBudget budget(Simulation simulation, int divisor) {
    @Nullable Long bytes = simulation.memoryBytes();
    return bytes == null ? MemoryBudget.ofHeap(divisor) : new MemoryBudget(bytes);
  }

  /** Removes what jobs have left behind whose process is gone. */
  void removeLeftovers() {
    folder.removeLeftovers();
  }

  /** Removes all that the job has spilled. */
  void close() {
    try {
      folder.close();
    } catch (IOException e) {
      LOG.warn("scratch files of the job are left behind; the next job removes them", e);
    }
  }
}
