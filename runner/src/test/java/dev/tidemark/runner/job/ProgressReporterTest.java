package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.CapturedLog;
import dev.tidemark.runner.epoch.Execution.Progress;
import dev.tidemark.runner.epoch.Execution.StageProgress;
import dev.tidemark.runner.job.TidemarkOptions.ProgressOutput;
import dev.tidemark.runner.stage.Timestamps;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressReporterTest {
  private static final long SECOND = 1_000_000_000L;

  private long now = 17;
  private Progress progress = new Progress(0, 0, Timestamps.MIN, List.of());
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private ProgressReporter reporter(ProgressOutput output, int columns) {
    return new ProgressReporter(
        "tally",
        output,
        () -> progress,
        () -> now,
        new PrintStream(written, true, StandardCharsets.UTF_8),
        columns);
  }

  private String terminal() {
    return written.toString(StandardCharsets.UTF_8);
  }

  private static StageProgress stage(String name, long busyNanos) {
    return new StageProgress(name, 0, 0, busyNanos);
  }

  @Test
  void aLineThatUpdatesAndGoesAwayAgain() {
    ProgressReporter reporter = reporter(ProgressOutput.LINE, 200);
    assertThat(reporter.untilNextMillis()).isBetween(2000L, 2001L);
    now += SECOND;
    reporter.tick();
    assertThat(terminal()).isEmpty();

    now += SECOND;
    progress = new Progress(40, 3_000, 0, List.of(stage("Read", 5), stage("Count words", 15)));
    reporter.tick();
    assertThat(terminal())
        .isEqualTo(
            "\r\u001b[K2 s, epoch 40, 3,000 elements (1,500/s), watermark 1970-01-01T00:00:00Z,"
                + " slowest Count words (75%)");

    written.reset();
    now += 60 * SECOND;
    progress =
        new Progress(
            41, 9_000, Timestamps.MAX, List.of(stage("Read", 10), stage("Count words", 15)));
    reporter.tick();
    assertThat(terminal())
        .isEqualTo(
            "\r\u001b[K1:02 min, epoch 41, 9,000 elements (100/s), watermark at the end,"
                + " slowest Read (100%)");

    written.reset();
    reporter.close();
    assertThat(terminal()).isEqualTo("\r\u001b[K");
  }

  @Test
  void aLineFitsIntoTheTerminal() {
    ProgressReporter reporter = reporter(ProgressOutput.LINE, 20);
    now += 2 * SECOND;
    reporter.tick();
    assertThat(terminal()).isEqualTo("\r\u001b[K2 s, epoch 0, 0 ele");
  }

  @Test
  void aShortJobLeavesNoTrace() {
    ProgressReporter reporter = reporter(ProgressOutput.LINE, 200);
    now += SECOND;
    reporter.tick();
    reporter.close();
    assertThat(terminal()).isEmpty();
  }

  @Test
  void nowAndThenInTheLog() {
    List<String> logged;
    try (CapturedLog log = CapturedLog.of(TidemarkRunner.class)) {
      ProgressReporter reporter = reporter(ProgressOutput.LOG, 200);
      for (int second = 1; second <= 75; second++) {
        now += SECOND;
        reporter.tick();
      }
      reporter.close();
      logged = log.messages();
    }
    assertThat(logged).hasSize(3);
    assertThat(logged.get(0)).startsWith("Job tally: 10 s, epoch 0, ");
    assertThat(logged.get(1)).startsWith("Job tally: 40 s, ");
    assertThat(logged.get(2)).startsWith("Job tally: 1:10 min, ");
    assertThat(terminal()).isEmpty();
  }

  @Test
  void noneIsNone() {
    ProgressReporter reporter = reporter(ProgressOutput.NONE, 200);
    now += 1000 * SECOND;
    reporter.tick();
    reporter.close();
    assertThat(reporter.untilNextMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(terminal()).isEmpty();
  }
}
