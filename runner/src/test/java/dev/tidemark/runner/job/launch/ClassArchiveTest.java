package dev.tidemark.runner.job.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes are kept for the next start, and what cannot be kept is done without. */
class ClassArchiveTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir Path directory = Path.of("");
  private Path jar = Path.of("");
  private ClassArchive archive = new ClassArchive(Path.of(""));

  @BeforeEach
  void makeJar() throws Exception {
    jar = Jars.of(directory.resolve("echo.jar"), Map.of(), List.of(EchoProgram.class));
    archive = new ClassArchive(directory.resolve("caches/tidemark"));
  }

  @Test
  void theFirstJvmWritesItAndTheSecondUsesIt() throws Exception {
    List<String> first = options();
    assertThat(first.get(0)).startsWith("-XX:ArchiveClassesAtExit=");
    assertThat(run(first)).contains("source: file:").endsWith("exit 0");
    List<String> second = options();
    assertThat(second.get(0)).startsWith("-XX:SharedArchiveFile=");
    assertThat(run(second)).contains("source: shared objects file (top)").endsWith("exit 0");
  }

  @Test
  void severalMayWriteAtOnce() throws Exception {
    List<String> options = options();
    List<Process> running = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      running.add(start(options));
    }
    for (Process each : running) {
      assertThat(outcome(each)).endsWith("exit 0");
    }
    assertThat(run(options())).contains("shared objects file (top)").endsWith("exit 0");
  }

  @Test
  void oneThatWasNotWrittenToItsEndIsWrittenAgain() throws Exception {
    Path file = Path.of(options().get(0).replaceFirst(".*=", ""));
    Files.write(file, new byte[10_000]);
    assertThat(options().get(0)).startsWith("-XX:ArchiveClassesAtExit=");
  }

  @Test
  void aDamagedOneIsNoFailure() throws Exception {
    Path file = Path.of(options().get(0).replaceFirst(".*=", ""));
    Files.writeString(file, "no archive");
    assertThat(options().get(0)).startsWith("-XX:SharedArchiveFile=");
    assertThat(run(options())).contains("source: file:").endsWith("exit 0");
  }

  @Test
  void aChangedJarHasOneOfItsOwn() throws Exception {
    List<String> before = options();
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000_000_000L));
    assertThat(options()).isNotEqualTo(before);
  }

  @Test
  void theOldestGive() throws Exception {
    options();
    for (int i = 0; i < 10; i++) {
      Path old = Files.writeString(archive.folder().resolve(i + ".jsa"), "old");
      Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000L * i));
    }
    options();
    try (Stream<Path> kept = Files.list(archive.folder())) {
      assertThat(kept.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("6.jsa", "7.jsa", "8.jsa", "9.jsa");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-Xshare:off", "-javaagent:x.jar", "-agentlib:jdwp", "--patch-module=a=b"})
  void theUsersOwnOptionsGoFirst(String option) {
    assertThat(archive.options(JAVA, List.of("-Xmx1g", option), List.of(jar))).isEmpty();
  }

  @Test
  void classesInDirectoriesCannotBeKept() {
    assertThat(archive.options(JAVA, List.of(), List.of(jar, directory))).isEmpty();
  }

  @Test
  void aFolderThatOthersCouldWriteIntoIsNotUsed() throws Exception {
    options();
    Files.setPosixFilePermissions(archive.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(options()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeMadeIsNoFailure() throws Exception {
    Files.writeString(directory.resolve("file"), "in the way");
    ClassArchive nowhere = new ClassArchive(directory.resolve("file/tidemark"));
    assertThat(nowhere.options(JAVA, List.of(), List.of(jar))).isEmpty();
    assertThat(ClassArchive.ofUser(Map.of())).isNull();
    assertThat(ClassArchive.ofUser(Map.of("HOME", "/home/me", "XDG_CACHE_HOME", "/caches")))
        .isEqualTo(new ClassArchive(Path.of("/caches/tidemark/run")));
  }

  private List<String> options() {
    return archive.options(JAVA, List.of(), List.of(jar));
  }

  private String run(List<String> options) throws Exception {
    return outcome(start(options));
  }

  private Process start(List<String> options) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA.toString()));
    command.addAll(options);
    command.addAll(List.of("-Xlog:class+load", "-cp", jar.toString(), EchoProgram.class.getName()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** What it said of its class, and how it ended. */
  private static String outcome(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return String.join(
            "\n", output.lines().filter(line -> line.contains("EchoProgram source")).toList())
        + "\nexit "
        + process.exitValue();
  }
}
