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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs jars as {@code ./run} does, in JVMs of their own. */
@Timeout(300)
class UserProgramTest {
  private final Path directory;

  UserProgramTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private record Ended(int status, String output, String errors) {}

  private Ended run(Class<?> program, List<String> words) throws Exception {
    Path jar =
        Jars.of(
            directory.resolve("my-pipeline.jar"),
            Map.of(Attributes.Name.MAIN_CLASS, PipelineProgram.class.getName()),
            List.of(program));
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
                words));
    assertThat(plan.warnings()).isEmpty();
    Path errors = directory.resolve("errors");
    Process process = new ProcessBuilder(plan.command()).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(250, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output, read(errors));
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  @Test
  void aProgramGetsItsArgumentsFromItsJar() throws Exception {
    Ended ended = run(EchoProgram.class, List.of(EchoProgram.class.getName(), "--x=a b"));
    assertThat(ended.errors()).isEmpty();
    assertThat(ended.output())
        .startsWith("[--x=a b, --runner=TidemarkRunner]")
        .contains("my-pipeline.jar");
    assertThat(ended.status()).isZero();
  }

  @Test
  void anExistingPipelineRunsUnchanged() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of("--deed=pass"));
    assertThat(ended.errors()).isEmpty();
    assertThat(ended.output()).isEqualTo("did pass" + System.lineSeparator());
    assertThat(ended.status()).isZero();
  }

  @Test
  void aFailedJobGivesStatusOneAndNamesTheTransform() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of("--deed=fail"));
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.errors())
        .contains(
            "error: Transform Do the deed/ParMultiDo(Doer) failed: java.io.FileNotFoundException: no such deed")
        .contains("PipelineProgram$Doer.process")
        .doesNotContain("InvocationTargetException")
        .doesNotContain("Exception in thread");
  }

  @Test
  void soItDoesWhenMainDoesNotWait() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of("--deed=fail", "--patient=false"));
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.errors()).contains("Transform Do the deed/ParMultiDo(Doer) failed: ");
  }

  @Test
  void aJobThatNobodyWaitsForRunsToItsEnd() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of("--deed=pass", "--patient=false"));
    assertThat(ended.output()).isEqualTo("did pass" + System.lineSeparator());
    assertThat(ended.status()).isZero();
  }

  @Test
  void anUnknownOptionIsOneLine() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of("--deed=pass", "--patience=false"));
    assertThat(ended.errors()).startsWith("error: unknown option --patience").hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void anOptionThatMakesNoSenseIsOneLine() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of("--deed=pass", "--lanes=0"));
    assertThat(ended.errors())
        .isEqualTo(
            "error: --lanes=0 is too small: it must be at least 1." + System.lineSeparator());
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void aMissingOptionIsOneLine() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of());
    assertThat(ended.errors()).startsWith("error: ").contains("deed").hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void anUnknownRunnerIsOneLine() throws Exception {
    Ended ended = run(PipelineProgram.class, List.of("--deed=pass", "--runner=TidmarkRunner"));
    assertThat(ended.errors())
        .startsWith("error: ")
        .contains("TidmarkRunner")
        .contains("TidemarkRunner")
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void aClassWithoutMainIsOneLine() throws Exception {
    Ended ended = run(Jars.class, List.of(Jars.class.getName()));
    assertThat(ended.errors())
        .startsWith("error: class " + Jars.class.getName() + " has no public static void main")
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void aMissingDependencyIsSaidInALine() throws Exception {
    Ended ended = run(NeedyProgram.class, List.of(NeedyProgram.class.getName()));
    assertThat(ended.errors())
        .startsWith("error: class " + EchoProgram.class.getName() + " is missing.");
    assertThat(ended.status()).isEqualTo(1);
  }

  /** Needs a class that its jar does not hold. */
  public static final class NeedyProgram {
    private NeedyProgram() {}

    /** Fails. */
    public static void main(String[] arguments) {
      EchoProgram.main(arguments);
    }
  }
}
