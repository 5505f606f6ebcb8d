package dev.tidemark.runner.job.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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

  private LaunchedJar.Ended run(Class<?> program, List<String> words) throws Exception {
    return new LaunchedJar(directory, PipelineProgram.class, List.of(program)).run(words);
  }

  @Test
  void aProgramGetsItsArgumentsFromItsJar() throws Exception {
    LaunchedJar.Ended ended =
        run(EchoProgram.class, List.of(EchoProgram.class.getName(), "--x=a b"));
    assertThat(ended.errors()).isEmpty();
    assertThat(ended.output())
        .startsWith("[--x=a b, --runner=TidemarkRunner]")
        .contains("my-pipeline.jar");
    assertThat(ended.status()).isZero();
  }

  @Test
  void anExistingPipelineRunsUnchanged() throws Exception {
    LaunchedJar.Ended ended = run(PipelineProgram.class, List.of("--deed=pass"));
    assertThat(ended.errors()).isEmpty();
    assertThat(ended.output()).isEqualTo("did pass" + System.lineSeparator());
    assertThat(ended.status()).isZero();
  }

  @Test
  void aFailedJobGivesStatusOneAndNamesTheTransform() throws Exception {
    LaunchedJar.Ended ended = run(PipelineProgram.class, List.of("--deed=fail"));
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
    LaunchedJar.Ended ended = run(PipelineProgram.class, List.of("--deed=fail", "--patient=false"));
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.errors()).contains("Transform Do the deed/ParMultiDo(Doer) failed: ");
  }

  @Test
  void aJobThatNobodyWaitsForRunsToItsEnd() throws Exception {
    LaunchedJar.Ended ended = run(PipelineProgram.class, List.of("--deed=pass", "--patient=false"));
    assertThat(ended.output()).isEqualTo("did pass" + System.lineSeparator());
    assertThat(ended.status()).isZero();
  }

  @Test
  void anUnknownOptionIsOneLine() throws Exception {
    LaunchedJar.Ended ended =
        run(PipelineProgram.class, List.of("--deed=pass", "--patience=false"));
    assertThat(ended.errors()).startsWith("error: unknown option --patience").hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void anOptionThatMakesNoSenseIsOneLine() throws Exception {
    LaunchedJar.Ended ended = run(PipelineProgram.class, List.of("--deed=pass", "--lanes=0"));
    assertThat(ended.errors())
        .isEqualTo(
            "error: --lanes=0 is too small: it must be at least 1." + System.lineSeparator());
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void aMissingOptionIsOneLine() throws Exception {
    LaunchedJar.Ended ended = run(PipelineProgram.class, List.of());
    assertThat(ended.errors()).startsWith("error: ").contains("deed").hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void anUnknownRunnerIsOneLine() throws Exception {
    LaunchedJar.Ended ended =
        run(PipelineProgram.class, List.of("--deed=pass", "--runner=TidmarkRunner"));
    assertThat(ended.errors())
        .startsWith("error: ")
        .contains("TidmarkRunner")
        .contains("TidemarkRunner")
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void aClassWithoutMainIsOneLine() throws Exception {
    LaunchedJar.Ended ended = run(Jars.class, List.of(Jars.class.getName()));
    assertThat(ended.errors())
        .startsWith("error: class " + Jars.class.getName() + " has no public static void main")
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void aMissingDependencyIsSaidInALine() throws Exception {
    LaunchedJar.Ended ended = run(NeedyProgram.class, List.of(NeedyProgram.class.getName()));
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
