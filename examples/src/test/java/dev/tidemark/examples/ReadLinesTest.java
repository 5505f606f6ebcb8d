package dev.tidemark.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadLinesTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit does
  private Path directory;

  @ParameterizedTest
  @ValueSource(longs = {7, 1_000, Long.MAX_VALUE / 2})
  void readsEachLineOnceHoweverTheFilesAreSplit(long rangeBytes) throws IOException {
    List<String> first = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      first.add("line " + i + " ä".repeat(i % 17));
    }
    first.add(5, "");
    first.add(6, "");
    Files.write(directory.resolve("a.txt"), first);
    Files.writeString(directory.resolve("b.txt"), "windows\r\n\nno end of line at the end");
    Files.writeString(directory.resolve("c.txt"), "");
    List<String> expected = new ArrayList<>(first);
    expected.addAll(List.of("windows", "", "no end of line at the end"));

    Pipeline pipeline = Runner.pipeline();
    PCollection<String> lines =
        pipeline
            .apply(FileIO.match().filepattern(directory + "/*.txt"))
            .apply(FileIO.readMatches())
            .apply("Read lines", ParDo.of(new ReadLines(rangeBytes)));

    PAssert.that(lines).containsInAnyOrder(expected);
    Runner.run(pipeline);
  }
}
