package dev.tidemark.runner.job.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;

/** A jar that is run as {@code ./run} does, in a JVM of its own. */
final class LaunchedJar {
  private final Path directory;
  private final Path jar;

  /** Makes {@code my-pipeline.jar} of {@code classes} in {@code directory}. */
  LaunchedJar(Path directory, Class<?> main, List<Class<?>> classes) throws IOException {
    this.directory = directory;
    this.jar =
        Jars.of(
            directory.resolve("my-pipeline.jar"),
            Map.of(Attributes.Name.MAIN_CLASS, main.getName()),
            classes);
  }

  /** How the process ended by itself, and what it printed. */
  record Ended(int status, String output, String errors) {}

  /** Runs the jar with the words that follow it on the command line; it must come to an end. */
  Ended run(List<String> words) throws Exception {
    LaunchPlan plan =
        LaunchPlan.of(
            new LaunchPlan.Request(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Runtime.version().feature(),
                Jars.ownClassPath(),
                Jars.logging(),
                List.of("-XX:TieredStopAtLevel=1"),
                "",
                jar,
                words,
                null));
    assertThat(plan.warnings()).isEmpty();
    Path errors = directory.resolve("errors");
    Process process = new ProcessBuilder(plan.command()).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(250, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output, Files.readString(errors));
  }
}
