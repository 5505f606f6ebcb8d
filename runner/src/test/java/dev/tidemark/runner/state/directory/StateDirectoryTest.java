package dev.tidemark.runner.state.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.StateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  private final Path folder;

  StateDirectoryTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void isMadeForItsUserOnly() throws IOException {
    Path path = folder.resolve("jobs").resolve("mine");
    try (StateDirectory directory = StateDirectory.open(path)) {
      assertThat(directory.path()).isEqualTo(path);
      assertThat(directory.hasStore()).isFalse();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
    assertThat(path.resolve("VERSION")).hasContent("tidemark state 3");
    assertThat(StateDirectory.isThere(path)).isTrue();
    StateDirectory.open(path).close();
  }

  @Test
  void anotherJobOfTheProcessIsRefusedAndTheLockIsKept() throws Exception {
    try (StateDirectory directory = StateDirectory.open(folder)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> StateDirectory.open(folder))
            .isInstanceOf(StateException.class)
            .hasMessageContaining(directory.path() + " is in use by another job of this process");
      }
      // As POSIX has it, a process that closes a locked file anywhere loses its lock.
      Process process = hold();
      try (BufferedReader out = process.inputReader(UTF_8)) {
        assertThat(out.readLine())
            .contains("is in use by process " + ProcessHandle.current().pid() + ":");
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    StateDirectory.open(folder).close();
  }

  @Test
  void anotherProcessIsRefusedAndToldWhoHasIt() throws Exception {
    Process process = hold();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readLine()).isEqualTo("open");
      assertThatThrownBy(() -> StateDirectory.open(folder))
          .isInstanceOf(StateException.class)
          .hasMessageContaining(folder + " is in use by process " + process.pid() + ":");
      assertThat(DirectoryLock.isTaken(folder)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    // Killed: the operating system has taken its lock.
    StateDirectory.open(folder).close();
  }

  @Test
  void aFolderWithOtherThingsIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("thesis.txt"), "all my work");
    assertThatThrownBy(() -> StateDirectory.open(folder))
        .isInstanceOf(StateException.class)
        .hasMessageContaining(folder + " is no state directory, and is not empty");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aLaterFormatIsRefused() throws IOException {
    StateDirectory.open(folder).close();
    Files.writeString(folder.resolve("VERSION"), "tidemark state 4\n");
    assertThatThrownBy(() -> StateDirectory.open(folder))
        .isInstanceOf(StateException.class)
        .hasMessageContaining(
            "\"tidemark state 4\", and this version of Tidemark reads \"tidemark state 1\" to \"3\"");
  }

  @Test
  void anEarlierFormatIsLiftedWhenAJobGoesOn() throws IOException {
    StateDirectory.open(folder).close();
    Path version = Files.writeString(folder.resolve("VERSION"), "tidemark state 1\n");
    try (StateDirectory directory = StateDirectory.open(folder)) {
      // Only looked at: what wrote it may go on from it, too.
      assertThat(version).hasContent("tidemark state 1");
      directory.lift();
      assertThat(version).hasContent("tidemark state 3");
      directory.lift();
    }
    StateDirectory.open(folder).close();
    assertThat(version).hasContent("tidemark state 3");
  }

  @Test
  void whatACrashLeftOfMakingOneIsGoneOnWith() throws IOException {
    Files.writeString(folder.resolve("LOCK"), "");
    Files.writeString(folder.resolve("OWNER"), "12");
    Files.writeString(folder.resolve("VERSION.new"), "tide");
    StateDirectory.open(folder).close();
    assertThat(folder.resolve("VERSION")).hasContent("tidemark state 3");
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> StateDirectory.open(file))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("the state directory " + file + " cannot be used");
  }

  private Process hold() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx32m",
            "-cp",
            System.getProperty("java.class.path"),
            Holding.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Holds a directory until it is killed, or says why it cannot have it. */
  static final class Holding {
    private Holding() {}

    public static void main(String[] arguments) throws IOException {
      try {
        StateDirectory.open(Path.of(arguments[0]));
        System.out.println("open");
      } catch (StateException e) {
        System.out.println(e.getMessage());
      }
      while (System.in.read() >= 0) {
        // Until whoever started it is gone.
      }
    }
  }
}
