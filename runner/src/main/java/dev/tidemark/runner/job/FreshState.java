package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.KeptJobs;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.directory.StateHome;
import dev.tidemark.translation.graph.StageGraph;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Gives a fresh state directory to an unbounded job that was told nothing about its state, so that
 * a crash loses nothing; what it cannot be given for goes on in memory. Either is said in one line,
 * which a log that is not configured must not swallow.
 *
 * <p>Immutable.
 *
 * @param home where the directories are
 * @param out where the line is printed
 */
record FreshState(StateHome home, PrintStream out) {

  /** Directories in the user's data folder. */
  static FreshState ofUser() {
    return new FreshState(
        StateHome.of(System.getenv(), Path.of(System.getProperty("user.home"))), System.err);
  }

  /**
   * Makes a directory and opens the store in it.
   *
   * @param graph an unbounded job
   * @return null if the job's state is to be in memory
   */
  @Nullable FreshDirectory open(StageGraph graph, TidemarkOptions options) {
    String objection = KeptJobs.objection(graph, options.isStreaming());
    if (objection != null) {
      inMemory(options, objection);
      return null;
    }
    StateDirectory directory = null;
    try {
      directory = home.create(options.getJobName());
      FreshDirectory fresh =
          new FreshDirectory(home, directory.path(), JobStore.open(directory, graph, options));
      announce(directory, options);
      return fresh;
    } catch (StateException e) {
      // The job has not asked for it: it runs as if there were no such thing.
      if (directory != null) {
        FreshDirectory.remove(home, directory.path());
      }
      inMemory(options, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void inMemory(TidemarkOptions options, String reason) {
    out.println(
        "The state of job "
            + options.getJobName()
            + " is in memory, and lost with the process: "
            + reason);
  }

  private void announce(StateDirectory directory, TidemarkOptions options) {
    StringBuilder line = new StringBuilder();
    line.append("The state of job ")
        .append(options.getJobName())
        .append(" is kept until it is done. After a crash go on with --stateDir=")
        .append(directory.path())
        .append(" (--stateDir=none keeps it in memory");
    StateHome.Others others = home.others(directory);
    if (others.oldest() != null) {
      line.append("; state of ")
          .append(others.count())
          .append(others.count() == 1 ? " other job" : " other jobs")
          .append(" is there, since ")
          .append(others.oldest().atZone(ZoneOffset.UTC).toLocalDate())
          .append(": ./tidemark state list");
    }
    out.println(line.append(')'));
  }
}
