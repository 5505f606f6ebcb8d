package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.job.TidemarkOptions.ProgressOutput;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far a long job has come: as one line on a terminal that updates, or as a line in the
 * log now and then.
 *
 * <p>Owned by the job's monitor thread.
 */
final class ProgressReporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TidemarkRunner.class);
  private static final String ERASE_LINE = "\r\u001b[K";

  private final String jobName;
  private final ProgressOutput output;
  private final Supplier<Execution.Progress> source;
  private final LongSupplier nanoTime;
  private final PrintStream terminal;
  private final ProgressText text;
  private final long startNanos;
  private long nextNanos;
  private boolean lineShown;

  /**
   * Makes a reporter.
   *
   * @param output where to; not {@code AUTO}
   * @param terminal where the updating line goes
   * @param columns how wide the terminal is
   */
  ProgressReporter(
      String jobName,
      ProgressOutput output,
      Supplier<Execution.Progress> source,
      LongSupplier nanoTime,
      PrintStream terminal,
      int columns) {
    this.jobName = jobName;
    this.output = output;
    this.source = source;
    this.nanoTime = nanoTime;
    this.terminal = terminal;
    this.startNanos = nanoTime.getAsLong();
    this.text = new ProgressText(columns);
    this.nextNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(firstMillis());
  }

  static ProgressReporter create(TidemarkOptions options, TidemarkPipelineResult result) {
    ProgressOutput output = options.getProgressOutput();
    if (output == ProgressOutput.AUTO) {
      output = Terminal.standardErrorIsOne() ? ProgressOutput.LINE : ProgressOutput.LOG;
    }
    return new ProgressReporter(
        result.jobName(),
        output,
        result::progress,
        System::nanoTime,
        System.err,
        Terminal.columns());
  }

  /** Shows the progress if it is time. */
  void tick() {
    long now = nanoTime.getAsLong();
    if (output == ProgressOutput.NONE || now - nextNanos < 0) {
      return;
    }
    nextNanos = now + TimeUnit.MILLISECONDS.toNanos(periodMillis());
    String line = text.of(source.get(), now - startNanos);
    if (output == ProgressOutput.LINE) {
      terminal.print(ERASE_LINE + line);
      terminal.flush();
      lineShown = true;
    } else {
      LOG.info("Job {}: {}", jobName, line);
    }
  }

  /** In how many milliseconds {@link #tick} has something to do. */
  long untilNextMillis() {
    if (output == ProgressOutput.NONE) {
      return Long.MAX_VALUE;
    }
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nextNanos - nanoTime.getAsLong()) + 1);
  }

  /** Leaves the terminal as if there had been no line. */
  @Override
  public void close() {
    if (lineShown) {
      terminal.print(ERASE_LINE);
      terminal.flush();
    }
  }

  private long firstMillis() {
    return output == ProgressOutput.LINE ? 2_000 : 10_000;
  }

  private long periodMillis() {
    return output == ProgressOutput.LINE ? 500 : 30_000;
  }
}
