package dev.tidemark.runner.state.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a process leaves that is killed. */
class NativeLibraryTest {
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "files in use cannot be removed there")
  void aKilledProcessLeavesNoLibrary(@TempDir Path folder) throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:-UsePerfData",
                    "-Djava.io.tmpdir=" + temporary,
                    "-cp",
                    System.getProperty("java.class.path"),
                    KilledProcessTest.Committing.class.getName(),
                    folder.resolve("store").toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("1");
      process.toHandle().destroyForcibly();
      process.waitFor();
    }
    try (var left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }
}
