package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.ExecutionOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

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
}
