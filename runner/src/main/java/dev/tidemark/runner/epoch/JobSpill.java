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
 * The memory that a job may use beside the user's objects, and the folder for what does not fit.
 *
 * <p>There is one budget. Who gathers elements of a batch job takes shares of it ({@link #work}),
 * all others have parts with limits of their own.
 *
 * <p>Thread-safe.
 *
 * @param exchanges for pages between stages
 * @param sideInputs for what side inputs show
 * @param bundles for what goes into bundles in SDK harnesses, and comes out of them
 * @param work for what nodes gather: groups, accumulators, elements to be sorted
 */
record JobSpill(
    ScratchFolder folder,
    SpillSpace exchanges,
    SpillSpace sideInputs,
    SpillSpace bundles,
    SpillSpace work) {
  private static final Logger LOG = LoggerFactory.getLogger(JobSpill.class);

  private static final int EXCHANGES_OF_MEMORY = 3;

  // As objects they take several times what they take encoded, by which they are counted.
  private static final int SIDE_INPUTS_OF_MEMORY = 10;

  private static final int BUNDLES_OF_MEMORY = 5;

  // For pages of side inputs that were read.
  private static final int CACHE_OF_MEMORY = 40;

  /**
   * Divides the memory that the options give.
   *
   * @param shared what all jobs of the process have together; null if this one is alone
   */
  static JobSpill create(
      ExecutionOptions options, Simulation simulation, @Nullable MemoryBudget shared) {
    String parent = options.getScratchDir();
    ScratchFolder folder =
        new ScratchFolder(Path.of(parent == null ? System.getProperty("java.io.tmpdir") : parent));
    @Nullable Long simulated = simulation.memoryBytes();
    long bytes = simulated == null ? options.getMemoryMegabytes() << 20 : simulated;
    long cacheBytes = bytes / CACHE_OF_MEMORY;
    long budgetBytes = bytes - cacheBytes;
    MemoryBudget memory = shared == null ? new MemoryBudget(budgetBytes) : shared.part(budgetBytes);
    return new JobSpill(
        folder,
        new SpillSpace(folder, memory.part(bytes / EXCHANGES_OF_MEMORY), 0),
        new SpillSpace(folder, memory.part(bytes / SIDE_INPUTS_OF_MEMORY), cacheBytes),
        new SpillSpace(folder, memory.part(bytes / BUNDLES_OF_MEMORY), 0),
        new SpillSpace(folder, memory, 0));
  }

  /** Whether so much is on its way between stages that it should be taken before more comes. */
  boolean exchangesFull() {
    MemoryBudget budget = exchanges.budget();
    return budget.taken() > budget.limit() / 2;
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
