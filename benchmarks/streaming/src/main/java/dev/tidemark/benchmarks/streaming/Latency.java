package dev.tidemark.benchmarks.streaming;

import dev.tidemark.runner.epoch.Execution;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Measures how long after the element that closes its window a result comes out, by the times at
 * which elements were to come: what a job does not take in time makes its results later.
 */
public final class Latency {
  private static final long START_MILLIS = 3_000;
  private static final double MILLI_MICROS = 1e3;
  private static final double SECOND = 1e9;

  private Latency() {}

  /** Runs once and prints percentiles; the exit status is 0 only if all elements were counted. */
  public static void main(String[] args) throws Exception {
    run(Settings.parse(args));
    // KafkaIO leaves threads behind.
    System.exit(0);
  }

  /** Runs once and prints. */
  static void run(Settings settings) throws Exception {
    long elements = (settings.warmUpSeconds() + settings.seconds()) * settings.perSecond();
    Schedule schedule =
        Schedule.starting(START_MILLIS, elements, settings.perSecond(), settings.keys());
    long measureFrom = schedule.startMicros() + TimeUnit.SECONDS.toMicros(settings.warmUpSeconds());
    try (StreamingJob job =
        new StreamingJob(settings, schedule, ScheduledSource.Then.END, measureFrom + 1)) {
      Execution execution = job.execution();
      execution.start();
      CompletableFuture<Execution.End> ended = execution.ended();
      sleepUntil(measureFrom);
      long startNanos = System.nanoTime();
      long startCpu = Process.cpuNanos();
      sleepUntil(schedule.micros(elements));
      double cpu = Process.cpuNanos() - startCpu;
      double seconds = (System.nanoTime() - startNanos) / SECOND;
      // The idle partition never ends, so the job may not either.
      while (Results.elements() < elements && !ended.isDone()) {
        // Results are counted, not told of: a look each millisecond costs next to nothing.
        Thread.sleep(1);
      }
      if (ended.isDone() && ended.join() instanceof Execution.End.Failed failed) {
        throw new IllegalStateException(failed.text());
      }
      print(cpu / seconds / SECOND);
      Process.report("cpu_nanos_per_element", cpu / seconds / settings.perSecond());
    }
    if (Results.elements() != elements) {
      throw new IllegalStateException(
          "of " + elements + " elements " + Results.elements() + " were counted");
    }
  }

  private static void print(double cores) {
    Histogram latencies = Results.latencies();
    Process.report("results", latencies.getTotalCount());
    for (double percentile : new double[] {50, 90, 99, 99.9}) {
      Process.report(
          "p" + String.valueOf(percentile).replaceAll("\\.0$", "").replace('.', '_') + "_millis",
          latencies.getValueAtPercentile(percentile) / MILLI_MICROS);
    }
    Process.report("max_millis", latencies.getMaxValue() / MILLI_MICROS);
    Process.report("cores", cores);
  }

  private static void sleepUntil(long micros) throws InterruptedException {
    for (long left = micros - Schedule.nowMicros();
        left > 0;
        left = micros - Schedule.nowMicros()) {
      TimeUnit.MICROSECONDS.sleep(left);
    }
  }
}
