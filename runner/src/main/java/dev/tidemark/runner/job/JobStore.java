package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.StateMemory;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.JobRow;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.description.Compatibility;
import dev.tidemark.runner.state.description.DescriptionFormat;
import dev.tidemark.runner.state.description.JobDescriber;
import dev.tidemark.runner.state.description.JobDescription;
import dev.tidemark.runner.state.description.NameMapping;
import dev.tidemark.runner.state.directory.Snapshots;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import dev.tidemark.translation.graph.StageGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of a durable job in its directory, checked to fit the job.
 *
 * <p>Thread-safe.
 */
final class JobStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);

  private final StateDirectory directory;
  private final RocksStateStore store;

  private JobStore(StateDirectory directory, RocksStateStore store) {
    this.directory = directory;
    this.store = store;
  }

  /**
   * Opens a directory for a job whose functions run in this JVM.
   *
   * @param graph the job, whose coders are read in this JVM
   * @param options its name, its key groups, and what may become of state that does not fit
   * @throws StateException if the directory cannot be used, or its state does not fit the job
   */
  static JobStore open(Path path, StageGraph graph, TidemarkOptions options) {
    return open(StateDirectory.open(path), graph, options);
  }

  /**
   * Uses an open directory for a job whose functions run in this JVM.
   *
   * @param directory closed with the store, also if this fails
   * @throws StateException if it cannot be used, or its state does not fit the job
   */
  static JobStore open(StateDirectory directory, StageGraph graph, TidemarkOptions options) {
    return open(
        directory,
        JobDescriber.describe(new Components(graph), options.getJobName(), options.getKeyGroups()),
        options);
  }

  /**
   * Uses an open directory for a job.
   *
   * @param directory closed with the store, also if this fails
   * @param job the job
   * @param options what may become of state that does not fit; is told where dead letters go
   * @throws StateException if it cannot be used, or its state does not fit the job
   */
  static JobStore open(StateDirectory directory, JobDescription job, TidemarkOptions options) {
    RocksStateStore store = null;
    try {
      String snapshot = options.getFromSnapshot();
      // The job that has started from it goes on from its own state when it is started again.
      if (snapshot != null && !directory.hasStore()) {
        Snapshots.restore(Path.of(snapshot), directory);
      }
      store = RocksStateStore.open(directory.store(), StateMemory.of(options).storeBytes());
      give(store, directory.path(), job, options);
      directory.lift();
      boolean named = options.getStateDir() != null || options.getStateName() != null;
      if (options.isDeadLetters() && options.getDeadLetterFile() == null && named) {
        // Not in a directory that is removed with the job.
        options.setDeadLetterFile(directory.deadLetters().toString());
      }
      return new JobStore(directory, store);
    } catch (RuntimeException | Error e) {
      if (store != null) {
        store.close();
      }
      directory.close();
      throw e;
    }
  }

  private static void give(
      StateStore store, Path path, JobDescription now, TidemarkOptions options) {
    Bytes description = DescriptionFormat.write(now);
    Bytes written = JobRow.read(store);
    // A job that has committed nothing, as it was refused perhaps, has left nothing to go on from.
    if (written == null || store.manifest().epoch() == 0) {
      JobRow.write(store, description, name -> name, List.of());
      LOG.info("the state of job {} is kept in {}", now.jobName(), path);
    } else if (!written.equals(description)) {
      change(store, path, DescriptionFormat.read(written), now, options);
    }
    if (store.manifest().epoch() > 0) {
      LOG.info(
          "job {} goes on from {} after epoch {}", now.jobName(), path, store.manifest().epoch());
    }
  }

  private static void change(
      StateStore store,
      Path path,
      JobDescription before,
      JobDescription now,
      TidemarkOptions options) {
    Map<String, String> names = options.getTransformNameMapping();
    // A mapping that is still given when the job is started again has done its work.
    NameMapping mapping =
        names == null || before.transforms().equals(now.transforms())
            ? NameMapping.NONE
            : new NameMapping(new TreeMap<>(names));
    Compatibility compatibility = Compatibility.of(before, now, mapping);
    List<String> objections = compatibility.objections(options.isAllowDroppedState());
    if (!objections.isEmpty()) {
      throw new StateException(
          "the state in "
              + path
              + " (job "
              + before.jobName()
              + ", Beam "
              + before.beamVersion()
              + ") does not fit the pipeline:\n  "
              + String.join("\n  ", objections),
          null);
    }
    compatibility.changes().forEach(change -> LOG.info("{}", change));
    JobRow.write(
        store, DescriptionFormat.write(now), mapping::apply, compatibility.dropped().keySet());
  }

  /** Where it is, absolute. */
  Path path() {
    return directory.path();
  }

  /** Whether there is anything to go on from. */
  boolean hasCommits() {
    return store.manifest().epoch() > 0;
  }

  /** The store. */
  StateStore store() {
    return store;
  }

  /**
   * Makes a copy of the store as it is after the last commit; commits wait meanwhile.
   *
   * @return where it is
   * @throws StateException if the name will not do or is taken, or the copy cannot be made
   */
  Path snapshot(String name) {
    return directory.snapshots().take(name, store::copyTo);
  }

  /** Closes the store and lets others have the directory. */
  @Override
  public void close() {
    try {
      store.close();
    } finally {
      directory.close();
    }
  }
}
