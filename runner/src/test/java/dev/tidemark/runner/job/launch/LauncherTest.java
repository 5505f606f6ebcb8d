package dev.tidemark.runner.job.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  private static final String ECHO = EchoProgram.class.getName();

  private final Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  LauncherTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private int launchOn(Path ownBeam, Object... arguments) {
    List<String> words = new ArrayList<>(List.of("--plan", directory.resolve("plan").toString()));
    words.addAll(List.of("--logging", "log.jar"));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return Launcher.run(
        ownBeam + System.getProperty("path.separator") + "/opt/picocli-4.jar",
        new PrintStream(out, true, Charset.defaultCharset()),
        new PrintStream(errors, true, Charset.defaultCharset()),
        null,
        words.toArray(new String[0]));
  }

  private int launch(Object... arguments) throws IOException {
    return launchOn(beam("2.70.0"), arguments);
  }

  private Path beam(String version) throws IOException {
    return Jars.ofBeam(directory.resolve("beam-" + version + ".jar"), version);
  }

  private Path echoJar(Map<Attributes.Name, String> manifest) throws IOException {
    return Jars.of(directory.resolve("my-pipeline.jar"), manifest, List.of(EchoProgram.class));
  }

  private Path runnableJar() throws IOException {
    return echoJar(Map.of(Attributes.Name.MAIN_CLASS, ECHO));
  }

  private List<String> plan() throws IOException {
    String text = Files.readString(directory.resolve("plan"), Charset.defaultCharset());
    assertThat(text).endsWith("\0");
    return List.of(text.substring(0, text.length() - 1).split("\0", -1));
  }

  private List<String> planAfter(String word) throws IOException {
    List<String> plan = plan();
    return plan.subList(plan.indexOf(word) + 1, plan.size());
  }

  private String errors() {
    return errors.toString(Charset.defaultCharset());
  }

  private void refuses(String message) {
    assertThat(errors()).isEqualTo("error: " + message + System.lineSeparator());
    assertThat(directory.resolve("plan")).doesNotExist();
  }

  @Test
  void oneFlatClassPathOursFirst() throws IOException {
    Path jar = runnableJar();
    assertThat(launch(jar)).isZero();
    assertThat(errors()).isEmpty();
    assertThat(plan().get(0)).endsWith("bin/java");
    assertThat(planAfter("-cp"))
        .startsWith(directory.resolve("beam-2.70.0.jar") + ":" + jar + ":log.jar")
        .endsWith(UserProgram.class.getName(), ECHO, "--runner=TidemarkRunner");
  }

  @Test
  void theMainClassOfTheManifestGetsTheOptions() throws IOException {
    assertThat(launch(runnableJar(), "--output=a b", "")).isZero();
    assertThat(planAfter(UserProgram.class.getName()))
        .containsExactly(ECHO, "--output=a b", "", "--runner=TidemarkRunner");
  }

  @Test
  void aNamedMainClassComesBeforeThatOfTheManifest() throws IOException {
    Path jar = echoJar(Map.of(Attributes.Name.MAIN_CLASS, "com.example.Other"));
    assertThat(launch(jar, ECHO, "--x=1")).isZero();
    assertThat(planAfter(UserProgram.class.getName()))
        .containsExactly(ECHO, "--x=1", "--runner=TidemarkRunner");
  }

  @Test
  void theUsersRunnerIsLeftAlone() throws IOException {
    assertThat(launch(runnableJar(), "--runner=FlinkRunner")).isZero();
    assertThat(planAfter(UserProgram.class.getName()))
        .containsExactly(ECHO, "--runner=FlinkRunner");
  }

  @Test
  void plainArgumentsFollowTwoDashes() throws IOException {
    assertThat(launch(runnableJar(), "--", "input", "--help")).isZero();
    assertThat(planAfter(UserProgram.class.getName()))
        .containsExactly(ECHO, "input", "--help", "--runner=TidemarkRunner");
  }

  @Test
  void optionsAfterTheJarAreThePipelines() throws IOException {
    assertThat(launch(runnableJar(), "--help", "-cp", "x")).isZero();
    assertThat(planAfter(UserProgram.class.getName()))
        .containsExactly(ECHO, "--help", "-cp", "x", "--runner=TidemarkRunner");
  }

  @Test
  void aThinJarHasAClassPathBesideIt() throws IOException {
    Path jar = echoJar(Map.of());
    assertThat(launch("-cp", "lib/*", "-J-Xmx4g", "-J-Dx=y", jar, ECHO)).isZero();
    assertThat(plan()).containsSubsequence("-Xmx4g", "-Dx=y", "-cp");
    assertThat(planAfter("-cp").get(0)).contains(jar + ":lib/*:log.jar");
  }

  @Test
  void aMainClassMayLieInTheClassPathOfTheManifest() throws IOException {
    Files.createDirectory(directory.resolve("lib"));
    Jars.of(directory.resolve("lib/code.jar"), Map.of(), List.of(EchoProgram.class));
    Path thin =
        Jars.of(
            directory.resolve("thin.jar"),
            Map.of(
                Attributes.Name.MAIN_CLASS,
                ECHO,
                Attributes.Name.CLASS_PATH,
                "lib/code.jar no.jar"),
            List.of());
    assertThat(launch(thin)).isZero();
  }

  @Test
  void anotherBeamIsWarnedOf() throws IOException {
    assertThat(launch("-cp", beam("2.65.0"), runnableJar())).isZero();
    assertThat(errors())
        .isEqualTo(
            "warning: "
                + directory.resolve("beam-2.65.0.jar")
                + " brings Beam 2.65.0, Tidemark has Beam 2.70.0 and uses that one."
                + System.lineSeparator());
    assertThat(plan()).isNotEmpty();
  }

  @Test
  void theSameBeamIsNoNews() throws IOException {
    assertThat(launch("-cp", beam("2.70.0"), runnableJar())).isZero();
    assertThat(errors()).isEmpty();
  }

  @Test
  void anIncompatibleBeamIsRefused() throws IOException {
    for (String version : List.of("2.59.0", "1.9.0", "3.0.0")) {
      errors.reset();
      assertThat(launch("-cp", beam(version), runnableJar())).isEqualTo(2);
      refuses(
          directory.resolve("beam-" + version + ".jar")
              + " brings Beam "
              + version
              + ", Tidemark has Beam 2.70.0, which runs pipelines of 2.60 and newer of 2:"
              + " build the pipeline with a newer Beam.");
    }
  }

  @Test
  void aMissingJarIsOneLine() throws IOException {
    assertThat(launch("nowhere.jar")).isEqualTo(2);
    refuses("there is no file nowhere.jar.");
  }

  @Test
  void aDirectoryIsNoJar() throws IOException {
    assertThat(launch(directory)).isEqualTo(2);
    refuses(directory + " is a directory, not a jar.");
  }

  @Test
  void aTextIsNoJar() throws IOException {
    Path text = Files.writeString(directory.resolve("text.jar"), "public class Main {}");
    assertThat(launch(text)).isEqualTo(2);
    assertThat(errors()).startsWith("error: " + text + " is not a jar (").hasLineCount(1);
  }

  @Test
  void aJarWithoutMainClassAsksForIt() throws IOException {
    Path jar = echoJar(Map.of());
    assertThat(launch(jar, "--x=1")).isEqualTo(2);
    refuses(
        jar
            + " does not say which class to run: name it, as in ./run "
            + jar
            + " com.example.MyPipeline");
  }

  @Test
  void aMainClassThatIsNotThereIsNamed() throws IOException {
    Path jar = echoJar(Map.of());
    assertThat(launch(jar, "com.example.Typo")).isEqualTo(2);
    refuses("there is no class com.example.Typo in " + jar + ".");
  }

  @Test
  void anArgumentTakenForAClassIsExplained() throws IOException {
    Path jar = runnableJar();
    assertThat(launch(jar, "input")).isEqualTo(2);
    assertThat(errors()).contains("put -- before it: ./run " + jar + " -- input").hasLineCount(1);
  }

  @Test
  void anUnknownOptionBeforeTheJarIsOneLine() throws IOException {
    assertThat(launch("--runner=TidemarkRunner", runnableJar())).isEqualTo(2);
    assertThat(errors())
        .startsWith("error: ")
        .contains("--runner=TidemarkRunner")
        .contains("./run --help")
        .hasLineCount(1);
  }

  @Test
  void noJarIsOneLine() throws IOException {
    assertThat(launch("-J-Xmx1g")).isEqualTo(2);
    refuses("which jar? (see ./run --help)");
  }

  @Test
  void helpIsPrinted() throws IOException {
    assertThat(launch("--help")).isEqualTo(3);
    assertThat(out.toString(Charset.defaultCharset()))
        .contains("<jar> [<main class>] [<options of the pipeline>...]")
        .contains("Exit status")
        .doesNotContain("--plan");
    assertThat(errors()).isEmpty();
  }
}
