package dev.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowedWordCountTest {
  private static final Duration TEN_MINUTES = Duration.standardMinutes(10);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit does
  private Path directory;

  @Test
  void lateLinesCorrectTheCountAndTooLateOnesAreDropped() {
    Pipeline pipeline = Runner.pipeline();
    TestStream<String> stream =
        TestStream.create(StringUtf8Coder.of())
            .advanceWatermarkTo(minute(0))
            .addElements(at(1, "one two"), at(2, "two"), at(12, "other"))
            .advanceWatermarkTo(minute(11))
            .addElements(at(3, "late two"))
            .advanceWatermarkTo(minute(31))
            .addElements(at(4, "too late for ever"))
            .advanceWatermarkToInfinity();

    PCollection<KV<String, Long>> counts =
        pipeline
            .apply(stream)
            .apply(new WindowedWordCount.CountPerWindow(TEN_MINUTES, Duration.standardMinutes(15)));

    IntervalWindow first = new IntervalWindow(minute(0), TEN_MINUTES);
    IntervalWindow second = new IntervalWindow(minute(10), TEN_MINUTES);
    PAssert.that(counts).inOnTimePane(first).containsInAnyOrder(KV.of("one", 1L), KV.of("two", 2L));
    PAssert.that(counts).inLatePane(first).containsInAnyOrder(KV.of("late", 1L), KV.of("two", 3L));
    PAssert.that(counts).inWindow(second).containsInAnyOrder(KV.of("other", 1L));
    Runner.run(pipeline);
  }

  @Test
  void eachWindowGetsItsOwnFiles() throws IOException {
    Path input =
        Files.write(
            directory.resolve("lines"),
            List.of("0\ta b", "599999\ta", "600000\tb", "1300000\tc c"));
    Path output = directory.resolve("out");

    WindowedWordCount.main(
        new String[] {Runner.argument(), "--inputFile=" + input, "--output=" + output});

    Map<String, List<String>> files = OutputFiles.byFile(output);
    assertThat(files).hasSize(3);
    assertThat(windowFile(files, "window-0-600000")).containsExactlyInAnyOrder("a: 2", "b: 1");
    assertThat(windowFile(files, "window-600000-1200000")).containsExactly("b: 1");
    assertThat(windowFile(files, "window-1200000-1800000")).containsExactly("c: 2");
  }

  private static List<String> windowFile(Map<String, List<String>> files, String prefix) {
    return files.entrySet().stream()
        .filter(file -> file.getKey().startsWith(prefix + "-"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new AssertionError("No file " + prefix + " in " + files.keySet()));
  }

  private static Instant minute(int minute) {
    return Instant.EPOCH.plus(Duration.standardMinutes(minute));
  }

  private static TimestampedValue<String> at(int minute, String line) {
    return TimestampedValue.of(line, minute(minute));
  }
}
