package dev.tidemark.runner.state.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.StateScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStateStoreTest {
  private static final long MEMORY = 1 << 20;

  private final Path folder;

  RocksStateStoreTest(@TempDir Path folder) {
    this.folder = folder.resolve("store");
  }

  @Test
  void aNewStoreIsEmpty() {
    try (RocksStateStore store = open()) {
      assertThat(store.manifest()).isEqualTo(Manifest.EMPTY);
      assertThat(Commits.all(store)).isEmpty();
      assertThat(store.get(Bytes.EMPTY)).isNull();
    }
  }

  @Test
  void aScanShowsWhatWasThereWhenItBegan() {
    try (RocksStateStore store = open()) {
      store.commit(Commits.putMany(1, "a", 3, "old"));
      try (StateScan scan = store.scan(Bytes.EMPTY)) {
        store.commit(Commits.putMany(2, "a", 5, "new"));
        assertThat(scan).toIterable().hasSize(3).allMatch(e -> e.value().equals(old()));
      }
    }
  }

  @Test
  void anEarlierEpochIsRefused() {
    try (RocksStateStore store = open()) {
      store.commit(Commits.put(3, "a", "x"));
      assertThatThrownBy(() -> store.commit(Commits.put(2, "a", "y")))
          .isInstanceOf(IllegalArgumentException.class);
      store.commit(Commits.put(3, "b", "z"));
      assertThat(Commits.all(store)).hasSize(2);
    }
  }

  @Test
  void closingEndsScansAndRefusesCalls() {
    RocksStateStore store = open();
    store.commit(Commits.putMany(1, "a", 3, "old"));
    StateScan scan = store.scan(Bytes.EMPTY);
    assertThat(scan.next().key()).isEqualTo(Commits.bytes("a0"));
    store.close();
    assertThat(scan.hasNext()).isFalse();
    scan.close();
    store.close();
    assertThatThrownBy(() -> store.get(Bytes.EMPTY)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.commit(Commits.put(2, "a", "x")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void isOpenOnlyOnce() {
    try (RocksStateStore store = open()) {
      store.commit(Commits.put(1, "a", "x"));
      assertThatThrownBy(this::open)
          .isInstanceOf(StateException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("cannot be opened");
      assertThat(store.get(Commits.bytes("a"))).isEqualTo(Commits.bytes("x"));
    }
  }

  @Test
  void writesEntriesOfTheManifestOnlyWhenTheyChange() throws IOException {
    Bytes large = Bytes.of(new byte[10_000]);
    try (RocksStateStore store = open()) {
      for (int epoch = 1; epoch <= 100; epoch++) {
        store.commit(
            new EpochCommit(
                new Manifest(epoch, Map.of("job", large, "mark", Commits.bytes("" + epoch))),
                List.of()));
      }
      assertThat(bytesOf(Folders.files(folder, ".log"))).isBetween(10_000L, 40_000L);
    }
    try (RocksStateStore store = open()) {
      assertThat(store.manifest())
          .isEqualTo(new Manifest(100, Map.of("job", large, "mark", Commits.bytes("100"))));
    }
  }

  @Test
  void holdsMoreThanItsMemory() throws IOException {
    try (RocksStateStore store = open()) {
      for (int epoch = 1; epoch <= 64; epoch++) {
        store.commit(Commits.putMany(epoch, epoch + "/", 100, "v".repeat(1000) + epoch));
      }
    }
    assertThat(Folders.files(folder, ".sst")).hasSizeGreaterThan(1);
    try (RocksStateStore store = open()) {
      assertThat(Commits.all(store)).hasSize(6400);
      assertThat(store.get(Commits.bytes("17/3"))).isEqualTo(Commits.bytes("v".repeat(1000) + 17));
    }
  }

  @Test
  void aCopyStaysAsItWas() {
    Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
    try (RocksStateStore store = open()) {
      store.commit(Commits.putMany(1, "a", 100, "old"));
      store.copyTo(copy);
      store.commit(Commits.putMany(2, "a", 200, "new"));
      try (RocksStateStore copied = RocksStateStore.open(copy, MEMORY)) {
        assertThat(copied.manifest().epoch()).isEqualTo(1);
        assertThat(Commits.all(copied)).hasSize(100).allMatch(e -> e.value().equals(old()));
        copied.commit(Commits.put(2, "b", "only here"));
      }
      assertThat(store.get(Commits.bytes("b"))).isNull();
      assertThatThrownBy(() -> store.copyTo(copy))
          .isInstanceOf(StateException.class)
          .hasMessageContaining(copy.toString());
      store.commit(Commits.put(3, "a", "goes on"));
    }
  }

  @Test
  void copiesAreMadeBetweenCommits() throws Exception {
    try (RocksStateStore store = open()) {
      store.commit(Commits.putMany(1, "a", 100, "1"));
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> commits =
          CompletableFuture.runAsync(
              () -> {
                for (long epoch = 2; !enough.get(); epoch++) {
                  store.commit(Commits.putMany(epoch, "a", 100, "" + epoch));
                }
              });
      long last = 0;
      for (int i = 0; i < 10; i++) {
        Path copy = folder.resolveSibling(folder.getFileName() + "-copy-" + i);
        store.copyTo(copy);
        try (RocksStateStore copied = RocksStateStore.open(copy, MEMORY)) {
          long epoch = copied.manifest().epoch();
          assertThat(epoch).isGreaterThanOrEqualTo(last);
          last = epoch;
          Bytes value = Commits.bytes("" + epoch);
          assertThat(Commits.all(copied)).hasSize(100).allMatch(e -> e.value().equals(value));
        }
        Folders.delete(copy);
      }
      enough.set(true);
      commits.get(30, TimeUnit.SECONDS);
      assertThat(store.manifest().epoch()).isGreaterThanOrEqualTo(last);
    }
  }

  @Test
  void noticesThatTheEndOfItsLogIsGone() throws IOException {
    try (RocksStateStore store = open()) {
      store.commit(Commits.put(1, "a", "x"));
      store.commit(Commits.put(2, "a", "y"));
    }
    for (Path log : Folders.files(folder, ".log")) {
      Files.delete(log);
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(StateException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("damaged: epoch 2 was committed, but the last that can be read is 0");
  }

  private RocksStateStore open() {
    return RocksStateStore.open(folder, MEMORY);
  }

  private static Bytes old() {
    return Commits.bytes("old");
  }

  private static long bytesOf(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
