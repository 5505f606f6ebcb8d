package dev.tidemark.portability.server;

import dev.tidemark.portability.bundle.HarnessSettings;
import dev.tidemark.portability.bundle.Supervision;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** The options of a job that are about its SDK harnesses. */
public interface HarnessOptions extends PipelineOptions {

  /** How long a worker may be silent while a bundle runs in it, in seconds; 0 for any time. */
  @Description(
      "How many seconds an SDK harness may leave it unanswered how far a bundle has come, until it "
          + "is taken for hung: it is given up, and the bundle tried again on another. 0 for any "
          + "time. A function may take any time as long as its harness answers. Default: 60.")
  @Default.Long(60)
  long getWorkerTimeoutSeconds();

  void setWorkerTimeoutSeconds(long seconds);

  /** How long a bundle may run, in seconds; 0 for any time. */
  @Description(
      "How many seconds a bundle may run in an SDK harness, until the harness is given up and the "
          + "bundle tried again on another. 0, the default, for any time.")
  @Default.Long(0)
  long getBundleTimeoutSeconds();

  void setBundleTimeoutSeconds(long seconds);

  /**
   * What they say, checked.
   *
   * @throws IllegalArgumentException if a value makes no sense
   */
  static HarnessSettings settings(PipelineOptions given) {
    HarnessOptions options = given.as(HarnessOptions.class);
    return HarnessSettings.DEFAULT.with(
        new Supervision(
            Supervision.DEFAULT.progress(),
            seconds("workerTimeoutSeconds", options.getWorkerTimeoutSeconds()),
            Supervision.DEFAULT.slow(),
            seconds("bundleTimeoutSeconds", options.getBundleTimeoutSeconds())));
  }

  private static Duration seconds(String name, long value) {
    // A century of nanoseconds is a number.
    if (value < 0 || value > Duration.ofDays(36_500).toSeconds()) {
      throw new IllegalArgumentException(
          "--%s=%d is no time. Give a number of seconds, or 0 for no limit."
              .formatted(name, value));
    }
    return Duration.ofSeconds(value);
  }
}
