package dev.tidemark.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each workload comes to the same on Tidemark and by hand, whatever the number of threads. */
class SmokeTest {
  @TempDir Path folder = Path.of("");

  /** A checksum and how many results it is of. */
  private record Outcome(long sum, long results) {}

  @ParameterizedTest
  @CsvSource({
    "word-count, 34",
    "group-by-key, 100",
    "group-by-key-large, 100",
    "sum-per-key, 100",
    "ten-pardos, 1000",
    "co-group-by-key, 100",
    "map-side-input, 1000",
    "windowed-counts, 431",
    "stateful, 431",
    "stateful-unbounded, 431",
    "distinct-keys, 100",
    "hot-key, 1",
    "co-group-by-key-hot, 100",
    "map-side-input-large, 1000",
    "start-up, 3"
  })
  void comesToTheSame(String workload, long results) throws Exception {
    Size size = size(workload);
    Outcome one = byHand(workload, size, 1);
    assertThat(one.results()).isEqualTo(results);
    assertThat(byHand(workload, size, 3)).isEqualTo(one);
    Checksum.reset();
    Job.run(
        workload, size, List.of("--runner=TidemarkRunner", "--parallelism=2", "--stateDir=none"));
    assertThat(new Outcome(Checksum.sum(), Checksum.results())).isEqualTo(one);
  }

  /** Lines that go over the ends of parts and of buffers, and a last one without an end. */
  @ParameterizedTest
  @CsvSource({"'', 0", "one, 1", "one|, 1", "||one two|, 2", "a|b|c|d|e|f|g, 7", "ä|ö, 2"})
  void theTextIsReadToItsEnd(String lines, long words) throws Exception {
    String text = lines.replace('|', '\n');
    Path file = Files.writeString(folder.resolve("text"), text);
    Size size = new Size(0, 0, 0, 0, file.toString());
    Outcome one = byHand("word-count", size, 1);
    assertThat(one.results()).isEqualTo(words);
    for (int threads = 2; threads < 9; threads++) {
      assertThat(byHand("word-count", size, threads)).isEqualTo(one);
    }
  }

  @Test
  void whatIsUnknownIsRefused() {
    assertThatThrownBy(() -> Size.of("no-such")).hasMessageContaining("no-such");
    assertThatThrownBy(() -> ByHand.main(new String[] {"start-up", "--thread=1"}))
        .hasMessageContaining("--thread=1");
  }

  @Test
  void aSizeIsScaled() {
    assertThat(Size.of("group-by-key").with(List.of("--scale=0.01"), new ArrayList<>()))
        .isEqualTo(new Size(50_000, 10_000, 100, 0, null));
    assertThat(Size.of("sum-per-key").with(List.of("--scale=0.01"), new ArrayList<>()))
        .isEqualTo(new Size(200_000, 1_000, 0, 0, null));
  }

  private static Outcome byHand(String workload, Size size, int threads) throws Exception {
    Checksum.reset();
    ByHand.run(workload, size, threads);
    return new Outcome(Checksum.sum(), Checksum.results());
  }

  private Size size(String workload) throws Exception {
    List<String> others = new ArrayList<>();
    Size size =
        Size.of(workload)
            .with(
                List.of("--elements=1000", "--keys=100", "--per-second=200", "--file=" + text()),
                others);
    assertThat(others).isEmpty();
    // What has no event time, or no bytes, keeps none.
    return new Size(
        size.elements(),
        size.keys(),
        size.bytes(),
        Size.of(workload).perSecond() == 0 ? 0 : size.perSecond(),
        size.file());
  }

  private Path text() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append("Line ")
          .append((char) ('a' + i % 26))
          .append(": tides, and “Tides” of")
          .append((char) ('a' + i % 5))
          .append('\n');
    }
    return Files.writeString(folder.resolve("text"), text);
  }
}
