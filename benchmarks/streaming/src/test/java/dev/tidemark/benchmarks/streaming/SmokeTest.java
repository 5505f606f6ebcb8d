package dev.tidemark.benchmarks.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each program can run, and counts all elements. */
class SmokeTest {
  @TempDir Path folder = Path.of("");

  @BeforeEach
  void forget() {
    Results.reset();
  }

  @ParameterizedTest
  @EnumSource
  void everyResultAfterTheWarmUpIsMeasured(Settings.Store store) throws Exception {
    Latency.run(settings("--store=" + store));
    assertThat(Results.elements()).isEqualTo(2_000);
    assertThat(Results.counts()).isEqualTo(20);
    // Those of the first second are not.
    assertThat(Results.latencies().getTotalCount()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource(names = {"SILENCE", "WATERMARKS"})
  void anIdleJobCanBeMeasured(ScheduledSource.Then then) throws Exception {
    Idle.run(settings("--then=" + then));
  }

  @Test
  void elementsComeEvenly() {
    Schedule schedule = Schedule.starting(1_000, 100, 50, 10);
    assertThat(schedule.startMicros()).isGreaterThanOrEqualTo(Schedule.nowMicros());
    assertThat(schedule.startMicros() % 1_000_000).isZero();
    assertThat(schedule.micros(50) - schedule.startMicros()).isEqualTo(1_000_000);
    assertThat(schedule.millis(1) * 1_000 - schedule.startMicros()).isEqualTo(20_000);
  }

  @Test
  void whatIsMistypedIsRefused() {
    assertThatThrownBy(() -> settings("--stor=heap")).hasMessageContaining("stor");
  }

  private Settings settings(String... more) throws Exception {
    String[] all = new String[more.length + 5];
    all[0] = "--per-second=1000";
    all[1] = "--keys=10";
    all[2] = "--warm-up=1";
    all[3] = "--seconds=1";
    all[4] = "--directory=" + Files.createTempDirectory(folder, "state");
    System.arraycopy(more, 0, all, 5, more.length);
    return Settings.parse(all);
  }
}
