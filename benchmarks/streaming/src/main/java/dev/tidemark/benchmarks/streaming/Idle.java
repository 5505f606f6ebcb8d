package dev.tidemark.benchmarks.streaming;

import dev.tidemark.runner.epoch.Execution;
import java.util.concurrent.TimeUnit;

/** Measures what a job costs that has had elements for a while, and now has nothing to do. */
public final class Idle {
  private static final long START_MILLIS = 2_000;
  private static final double SECOND = 1e9;

  private Idle() {}

  /** Runs once and prints the share of a core. */
  public static void main(String[] args) throws Exception {
    run(Settings.parse(args));
    // KafkaIO leaves threads behind.
    System.exit(0);
  }

  /** Runs once and prints. */
  static void run(Settings settings) throws Exception {
    Schedule schedule =
        Schedule.starting(
            START_MILLIS, settings.perSecond(), settings.perSecond(), settings.keys());
    try (StreamingJob job = new StreamingJob(settings, schedule, settings.then(), Long.MAX_VALUE)) {
      Execution execution = job.execution();
      execution.start();
      TimeUnit.SECONDS.sleep(settings.warmUpSeconds());
      long epoch = execution.progress().epoch();
      long cpu = Process.cpuNanos();
      long start = System.nanoTime();
      TimeUnit.SECONDS.sleep(settings.seconds());
      double seconds = (System.nanoTime() - start) / SECOND;
      Process.report("percent_of_a_core", (Process.cpuNanos() - cpu) / seconds / SECOND * 100);
      Process.report("epochs_per_second", (execution.progress().epoch() - epoch) / seconds);
      if (execution.ended().isDone()) {
        throw new IllegalStateException("the job is not idle: " + execution.ended().join());
      }
    }
  }
}
