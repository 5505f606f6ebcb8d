package dev.tidemark.runner.job.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.job.Fault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a new user may get wrong, as whole processes: each ends, with one error and a status. */
@Timeout(300)
class FaultyProgramTest {
  private final Path directory;

  FaultyProgramTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @EnumSource
  void aFaultIsOneErrorAndStatusOne(Fault fault) throws Exception {
    LaunchedJar jar = new LaunchedJar(directory, Fault.class, List.of(Fault.class));

    LaunchedJar.Ended ended = jar.run(List.of(Fault.class.getName(), fault.name()));

    assertThat(ended.status()).as(ended.errors()).isEqualTo(1);
    assertThat(ended.errors().lines().filter(line -> line.startsWith("error: ")))
        .as(ended.errors())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line)
                    .contains(" " + fault.transform())
                    .contains(fault.words().toArray(String[]::new)));
    assertThat(ended.errors()).doesNotContain("Exception in thread");
  }

  @Test
  void aMainClassThatIsMissingIsStatusTwo() throws Exception {
    Path jar = Jars.of(directory.resolve("empty.jar"), java.util.Map.of(), List.of());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Jars.ownClassPath(),
                Launcher.class.getName(),
                "--plan",
                directory.resolve("plan").toString(),
                jar.toString(),
                "com.example.Typo")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(output)
        .isEqualTo(
            "error: there is no class com.example.Typo in " + jar + "." + System.lineSeparator());
  }
}
