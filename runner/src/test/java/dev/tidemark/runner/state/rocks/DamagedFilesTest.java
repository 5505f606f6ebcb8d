package dev.tidemark.runner.state.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that are not as they were written: never is less there than was committed without a word.
 */
class DamagedFilesTest {
  private static final long MEMORY = 1 << 20;

  private final Path folder;

  DamagedFilesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aTableThatIsGoneIsNoticed() throws IOException {
    commit(64);
    Files.delete(tables().get(0));
    assertThatThrownBy(this::open)
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("the state in " + folder + " is damaged: ")
        .hasMessageContaining(".sst");
  }

  @Test
  void aTableThatIsCutShortIsNoticed() throws IOException {
    commit(64);
    try (RandomAccessFile file = new RandomAccessFile(tables().get(0).toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("the state in " + folder + " is damaged: ");
  }

  @Test
  void bytesOfATableThatChangedAreNoticedWhenTheyAreRead() throws IOException {
    commit(64);
    Path largest = tables().get(0);
    for (Path table : tables()) {
      largest = Files.size(table) > Files.size(largest) ? table : largest;
    }
    flip(largest, Files.size(largest) / 3);
    try (RocksStateStore store = open()) {
      assertThatThrownBy(() -> Commits.all(store))
          .isInstanceOf(StateException.class)
          .hasMessageStartingWith("the state in " + folder + " is damaged: ")
          .hasMessageContaining("Check the disk.");
      assertThatThrownBy(() -> store.commit(Commits.put(100, "a", "b")))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("not used any more, as this happened before");
    }
  }

  @Test
  void bytesOfTheLogThatChangedAreNoticedAndNothingIsGoneWhenTheyAreBack() throws IOException {
    commitFew();
    Path log = Folders.files(folder, ".log").get(0);
    byte[] before = Files.readAllBytes(log);
    for (int part = 1; part < 10; part++) {
      flip(log, before.length * part / 10);
      assertThatThrownBy(this::open)
          .as("part %d", part)
          .isInstanceOf(StateException.class)
          .hasMessageContaining("is damaged: epoch 5 was committed, but the last that can be read");
      assertThat(log).exists();
      Files.write(log, before);
    }
    try (RocksStateStore store = open()) {
      assertThat(store.manifest().epoch()).isEqualTo(5);
      assertThat(Commits.all(store)).hasSize(5);
    }
  }

  @Test
  void aLogThatIsCutShortIsNoticed() throws IOException {
    commitFew();
    cut(Folders.files(folder, ".log").get(0), 3);
    assertThatThrownBy(this::open)
        .isInstanceOf(StateException.class)
        .hasMessageContaining("epoch 5 was committed, but the last that can be read is 4");
  }

  /** As after a power loss in the middle of a commit that nobody was told of. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void halfACommitIsNone(boolean shorter) throws IOException {
    commitFew();
    try (CommittedMark mark = CommittedMark.open(folder)) {
      mark.write(4);
    }
    Path log = Folders.files(folder, ".log").get(0);
    if (shorter) {
      cut(log, 3);
    } else {
      flip(log, Files.size(log) - 3);
    }
    try (RocksStateStore store = open()) {
      assertThat(store.manifest().epoch()).isEqualTo(4);
      assertThat(store.get(Commits.bytes("epoch 5"))).isNull();
      store.commit(Commits.put(5, "a", "b"));
    }
    try (RocksStateStore store = open()) {
      assertThat(store.manifest().epoch()).isEqualTo(5);
      assertThat(store.get(Commits.bytes("epoch 4"))).isNotNull();
    }
  }

  @Test
  void aMarkThatWasHalfWrittenSaysNothing() throws IOException {
    commitFew();
    Files.write(folder.resolve("COMMITTED"), new byte[] {0, 0, 0, 0, 0, 0, 0, 9, 1, 2});
    open().close();
    Files.write(folder.resolve("COMMITTED"), new byte[16]);
    open().close();
  }

  @Test
  void aDatabaseWithoutItsFirstFileIsNotMadeAnew() throws IOException {
    commit(64);
    Path current = folder.resolve("CURRENT");
    byte[] before = Files.readAllBytes(current);
    Files.delete(current);
    assertThatThrownBy(this::open)
        .isInstanceOf(StateException.class)
        .hasMessageContaining("the state in " + folder + " cannot be opened");
    Files.write(current, before);
    try (RocksStateStore store = open()) {
      assertThat(Commits.all(store)).hasSize(6400);
    }
  }

  private void commit(int epochs) {
    try (RocksStateStore store = open()) {
      for (int epoch = 1; epoch <= epochs; epoch++) {
        store.commit(Commits.putMany(epoch, epoch + "/", 100, "v".repeat(1000) + epoch));
      }
    }
  }

  /** So little that all of it is in one log. */
  private void commitFew() {
    try (RocksStateStore store = open()) {
      for (int epoch = 1; epoch <= 5; epoch++) {
        store.commit(Commits.put(epoch, "epoch " + epoch, "v".repeat(1000)));
      }
    }
  }

  private RocksStateStore open() {
    return RocksStateStore.open(folder, MEMORY);
  }

  private List<Path> tables() {
    return Folders.files(folder, ".sst");
  }

  private static void flip(Path path, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int before = file.read();
      file.seek(at);
      file.write(before ^ 0xff);
    }
  }

  private static void cut(Path path, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(file.length() - bytes);
    }
  }
}
