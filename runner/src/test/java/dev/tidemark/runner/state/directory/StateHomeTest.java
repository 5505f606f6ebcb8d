package dev.tidemark.runner.state.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateHomeTest {
  private final Path folder;
  private final StateHome home;

  StateHomeTest(@TempDir Path folder) {
    this.folder = folder;
    this.home = new StateHome(folder.resolve("jobs"));
  }

  @Test
  void liesWhereTheUsersDataIs() {
    Path user = Path.of("/home/ada");
    Path usual = Path.of("/home/ada/.local/share/tidemark/jobs");
    assertThat(StateHome.of(Map.of(), user).folder()).isEqualTo(usual);
    assertThat(StateHome.of(Map.of("XDG_DATA_HOME", "relative"), user).folder()).isEqualTo(usual);
    assertThat(StateHome.of(Map.of("XDG_DATA_HOME", "/data"), user).folder())
        .isEqualTo(Path.of("/data/tidemark/jobs"));
  }

  @Test
  void hasAPlaceForEachName() {
    assertThat(home.directory("clicks-2.0_b")).isEqualTo(home.folder().resolve("clicks-2.0_b"));
    for (String name :
        List.of("", ".", "..", "../clicks", "a/b", "/tmp", ".hidden", "-x", "a b", "a\0", "é")) {
      assertThatThrownBy(() -> home.directory(name))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("is no name for the state of a job");
    }
    assertThatThrownBy(() -> home.directory("a".repeat(101))).isInstanceOf(StateException.class);
    assertThat(home.folder()).doesNotExist();
  }

  @Test
  void knowsWhoIsIn() {
    Path clicks = home.directory("clicks");
    assertThat(home.isInUse(clicks)).isFalse();
    try (StateDirectory directory = StateDirectory.open(clicks)) {
      assertThat(home.isInUse(directory.path())).isTrue();
    }
    assertThat(home.isInUse(clicks)).isFalse();
  }

  @Test
  void findsSnapshotsByTheirNames() throws IOException {
    Path clicks = home.directory("clicks");
    StateDirectory.open(clicks).close();
    Path monday = Files.createDirectories(clicks.resolve("snapshots").resolve("monday"));
    assertThat(home.snapshot("clicks/monday")).isEqualTo(monday);
    for (String name :
        List.of("clicks/tuesday", "other/monday", "clicks", "clicks/", "/monday", "clicks/../x")) {
      assertThatThrownBy(() -> home.snapshot(name)).as(name).isInstanceOf(StateException.class);
    }
  }

  @Test
  void makesADirectoryForEachJob() {
    try (StateDirectory first = home.create("My job/1");
        StateDirectory second = home.create("My job/1")) {
      assertThat(first.path()).isEqualTo(home.folder().resolve("job-My-job-1"));
      assertThat(second.path()).isEqualTo(home.folder().resolve("job-My-job-1-2"));
    }
  }

  @Test
  void listsWhatIsThere() throws IOException {
    assertThat(home.list()).isEmpty();
    try (StateDirectory used = home.create("used")) {
      home.create("left").close();
      Files.createDirectory(home.folder().resolve("not a state directory"));
      Files.createDirectory(used.store());
      Files.write(used.store().resolve("file"), new byte[1000]);
      assertThat(home.list())
          .extracting(StateHome.Entry::name)
          .containsExactlyInAnyOrder("job-used", "job-left");
      for (StateHome.Entry entry : home.list()) {
        assertThat(entry.inUse()).isEqualTo(entry.name().equals("job-used"));
        assertThat(entry.bytes() > 1000).isEqualTo(entry.inUse());
      }
    }
  }

  @Test
  void thoseUsedLastComeFirst() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      try (StateDirectory directory = home.create(name)) {
        Path file = directory.path().resolve("VERSION");
        // Looking at them is no use of them.
        Files.setLastModifiedTime(file, FileTime.fromMillis(name.equals("b") ? 3000 : 2000));
        Files.setLastModifiedTime(
            directory.path().resolve("LOCK"), FileTime.fromMillis(name.equals("c") ? 2500 : 1000));
      }
    }
    home.list();
    assertThat(home.list())
        .extracting(StateHome.Entry::name)
        .containsExactly("job-b", "job-c", "job-a");
    assertThat(home.list().get(0).lastUse()).isEqualTo(Instant.ofEpochMilli(3000));
  }

  @Test
  void removesADirectory() throws IOException {
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "stays");
    try (StateDirectory directory = home.create("old")) {
      Files.createDirectories(directory.snapshots().folder().resolve("one"));
      Files.createSymbolicLink(directory.path().resolve("link"), elsewhere);
    }
    home.remove("job-old");
    assertThat(home.folder()).isEmptyDirectory();
    assertThat(elsewhere).hasContent("stays");
  }

  @Test
  void whatACrashLeftOfARemovalIsNoDirectory() throws IOException {
    home.create("old").close();
    Files.move(home.folder().resolve("job-old"), home.folder().resolve(".removed-job-old"));
    assertThat(home.list()).isEmpty();
    home.create("old").close();
    home.remove("job-old");
    assertThat(home.folder()).isEmptyDirectory();
  }

  @Test
  void findsDirectoriesByNameAndByPath() {
    Path elsewhere = folder.resolve("elsewhere");
    StateDirectory.open(elsewhere).close();
    home.create("mine").close();
    assertThat(home.find("job-mine")).isEqualTo(home.folder().resolve("job-mine"));
    assertThat(home.find(elsewhere.toString())).isEqualTo(elsewhere);
    assertThatThrownBy(() -> home.find("job-other"))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("there is no state directory job-other");
  }

  @Test
  void doesNotRemoveADirectoryInUse() {
    try (StateDirectory directory = home.create("used")) {
      assertThatThrownBy(() -> home.remove("job-used"))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("is in use");
      assertThat(StateDirectory.isThere(directory.path())).isTrue();
    }
    home.remove("job-used");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../other", "job-a/../job-a", "/", "job-b", ".removed-a"})
  void removesNothingElse(String name) throws IOException {
    home.create("a").close();
    StateDirectory.open(folder.resolve("other")).close();
    Files.createDirectory(home.folder().resolve("job-b"));
    assertThatThrownBy(() -> home.remove(name))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("has no state directory \"" + name + "\"");
    assertThat(folder.resolve("other")).isDirectory();
    assertThat(home.list()).hasSize(1);
  }
}
