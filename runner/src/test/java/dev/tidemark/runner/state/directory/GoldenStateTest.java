package dev.tidemark.runner.state.directory;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** State directories that earlier versions have written, and this one, are read. */
class GoldenStateTest {
  private final Path folder;

  GoldenStateTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsWhatItWrites() {
    try (StateDirectory directory = StateDirectory.open(folder)) {
      GoldenState.write(directory);
      GoldenState.check(directory);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsFormat(int format) throws IOException, URISyntaxException {
    String name = "golden-" + format;
    Path golden = Path.of(Objects.requireNonNull(getClass().getResource(name)).toURI());
    copy(golden, folder.resolve("copy"));
    try (StateDirectory directory = StateDirectory.open(folder.resolve("copy"))) {
      GoldenState.check(directory);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walked = Files.walk(from)) {
      files = walked.toList();
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(from.relativize(file).toString()));
    }
  }
}
