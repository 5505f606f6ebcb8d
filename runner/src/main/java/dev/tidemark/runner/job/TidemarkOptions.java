package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.ExecutionOptions;
import java.util.Map;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/**
 * Every option of {@link TidemarkRunner}.
 *
 * <p>The Flink runner's names for the same things are accepted as well: {@link FlinkOptionNames}.
 */
public interface TidemarkOptions extends ExecutionOptions {

  /** Where the progress of a long job is shown. */
  enum ProgressOutput {
    /** {@link #LINE} if standard error is a terminal, else {@link #LOG}. */
    AUTO,
    /** One line on standard error that updates, from two seconds on. */
    LINE,
    /** A line in the log, first after ten seconds, then every thirty. */
    LOG,
    /** Nowhere. */
    NONE
  }

  /** Where the progress of a long job is shown. */
  @Description(
      "Where the progress of a long job is shown. LINE: a line on standard error that updates; "
          + "LOG: a line in the log now and then; NONE: nowhere; AUTO: LINE on a terminal, else "
          + "LOG. Default: AUTO.")
  @Default.Enum("AUTO")
  ProgressOutput getProgressOutput();

  void setProgressOutput(ProgressOutput output);

  /** How long the end of the JVM waits for a running job to clean up, in milliseconds. */
  @Description(
      "When the JVM is told to end while the job runs (Ctrl-C), the job is cancelled, and the end "
          + "waits this long, in milliseconds, for functions to be torn down and readers to be "
          + "closed. 0: it does not wait. Default: 5000.")
  @Default.Long(5000)
  long getShutdownMillis();

  void setShutdownMillis(long millis);

  /** The value of {@link #getStateDir} for state in memory. */
  String NO_STATE_DIR = "none";

  /** The directory in which the job keeps its state; null for a fresh one or none. */
  @Description(
      "The directory in which the job keeps its state: it is made if it is not there. A job that is "
          + "started again with the same directory goes on where the last commit left it. none: "
          + "state is in memory. Default: a fresh directory in the user's data folder if the "
          + "pipeline is unbounded, which is removed when the job is done; else none.")
  @Nullable String getStateDir();

  void setStateDir(@Nullable String directory);

  /** The name under which the job keeps its state, or null for none. */
  @Description(
      "The name under which the job keeps its state: letters, digits, _, . and -. A job server has a "
          + "folder for such state (--state-home), and a job that runs in this process that in the "
          + "user's data folder. A job that is submitted again under the same name goes on where the "
          + "last commit left it. Default: none.")
  @Nullable String getStateName();

  void setStateName(@Nullable String name);

  /** The snapshot that a new state directory begins with, or null for none. */
  @Description(
      "The folder of a snapshot that --stateDir begins with, if there is no state in it yet; on a job "
          + "server the names of a state and of its snapshot, as clicks/monday. Default: none, a new "
          + "directory is empty.")
  @Nullable String getFromSnapshot();

  void setFromSnapshot(@Nullable String snapshot);

  /** Whether state may be lost that nothing in the pipeline goes on from. */
  @Description(
      "Whether a pipeline that was changed may go on from --stateDir if transforms, or state of "
          + "transforms, are not in it any more: their state is removed. Default: false.")
  @Default.Boolean(false)
  boolean isAllowDroppedState();

  void setAllowDroppedState(boolean allow);

  /** What transforms are called now that wrote the state under other names; null for none. */
  @Description(
      "What transforms are called now that had another name when they wrote the state in "
          + "--stateDir, as JSON: {\"old name\":\"new name\"}. The name of a composite stands for all "
          + "in it; an empty new name gives the state up. Default: all are called as before.")
  @Nullable Map<String, String> getTransformNameMapping();

  void setTransformNameMapping(@Nullable Map<String, String> names);
}
