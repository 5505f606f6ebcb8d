package dev.tidemark.benchmarks.durability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each benchmark can run, and sums up right. */
class SmokeTest {
  @TempDir Path folder = Path.of("");

  @BeforeEach
  void forget() {
    Tally.reset();
  }

  @ParameterizedTest
  @EnumSource
  void sumsComeOutRight(Settings.Store store) throws Exception {
    Sums.run(settings("--store=" + store));
    assertThat(Tally.total()).isEqualTo(49_500);
    assertThat(Tally.adds()).isEqualTo(1_000);
  }

  @Test
  void largeStateComesOutRight() throws Exception {
    Sums.run(settings("--store=durable", "--payload=100"));
    assertThat(Tally.total()).isEqualTo(49_500);
  }

  @ParameterizedTest
  @EnumSource
  void windowedSumsComeOutRight(Settings.Store store) throws Exception {
    Sums.run(settings("--store=" + store, "--by=combine"));
    assertThat(Tally.total()).isEqualTo(49_500);
  }

  @Test
  void whatIsMistypedIsRefused() {
    assertThatThrownBy(() -> settings("--stor=heap")).hasMessageContaining("stor");
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
  void anEpochCanBeMeasured(Settings.Store store) throws Exception {
    assertThat(
            new Runner(
                    new OptionsBuilder()
                        .include(EpochBenchmark.class.getName())
                        .param("store", store.name())
                        .param("keys", "10")
                        .param("elements", "100")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(50))
                        .shouldFailOnError(true)
                        .build())
                .run())
        .hasSize(1);
  }

  private Settings settings(String... more) throws Exception {
    String[] all = new String[more.length + 4];
    all[0] = "--keys=100";
    all[1] = "--adds=1000";
    all[2] = "--epoch-millis=10";
    all[3] = "--directory=" + Files.createTempDirectory(folder, "state");
    System.arraycopy(more, 0, all, 4, more.length);
    return Settings.parse(all);
  }
}
