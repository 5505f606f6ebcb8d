package dev.tidemark.runner.state.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateChanges;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotsTest {
  private static final long MEMORY = 1 << 20;
  private static final Bytes KEY = Bytes.of(new byte[] {1});

  private final Path folder;

  SnapshotsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aNewJobStartsFromOneWhileTheOldGoesOn() throws IOException {
    try (StateDirectory old = StateDirectory.open(folder.resolve("old"));
        RocksStateStore store = RocksStateStore.open(old.store(), MEMORY)) {
      commit(store, 1);
      Path snapshot = old.snapshots().take("monday", store::copyTo);
      commit(store, 2);
      try (StateDirectory directory = StateDirectory.open(folder.resolve("new"))) {
        Snapshots.restore(snapshot, directory);
        try (RocksStateStore restored = RocksStateStore.open(directory.store(), MEMORY)) {
          assertThat(restored.manifest().epoch()).isEqualTo(1);
          assertThat(restored.get(KEY)).isEqualTo(value(1));
          commit(restored, 2);
          commit(restored, 3);
        }
        assertThatThrownBy(() -> Snapshots.restore(snapshot, directory))
            .isInstanceOf(StateException.class)
            .hasMessageContaining("has state already");
      }
      assertThat(store.get(KEY)).isEqualTo(value(2));
      commit(store, 3);
      // What started from it left it as it was.
      try (StateDirectory directory = StateDirectory.open(folder.resolve("newer"))) {
        Snapshots.restore(snapshot, directory);
        try (RocksStateStore restored = RocksStateStore.open(directory.store(), MEMORY)) {
          assertThat(restored.manifest().epoch()).isEqualTo(1);
          assertThat(restored.get(KEY)).isEqualTo(value(1));
        }
      }
      try (Stream<Path> files = Files.list(snapshot)) {
        assertThat(files).anyMatch(file -> file.toString().endsWith(".sst"));
      }
    }
  }

  @Test
  void areListedAndRemoved() {
    try (StateDirectory directory = StateDirectory.open(folder);
        RocksStateStore store = RocksStateStore.open(directory.store(), MEMORY)) {
      Snapshots snapshots = directory.snapshots();
      assertThat(snapshots.list()).isEmpty();
      commit(store, 1);
      snapshots.take("b", store::copyTo);
      snapshots.take("a.1", store::copyTo);
      assertThat(snapshots.list()).extracting(Snapshots.Snapshot::name).containsExactly("a.1", "b");
      assertThat(snapshots.list()).allMatch(snapshot -> snapshot.bytes() > 0);
      assertThatThrownBy(() -> snapshots.take("b", store::copyTo))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("already");
      snapshots.remove("b");
      assertThat(snapshots.list()).extracting(Snapshots.Snapshot::name).containsExactly("a.1");
      assertThatThrownBy(() -> snapshots.remove("b"))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("has no snapshot \"b\"");
      assertThat(store.get(KEY)).isEqualTo(value(1));
    }
  }

  @Test
  void oneThatFailsIsNotThereAndCanBeTriedAgain() {
    try (StateDirectory directory = StateDirectory.open(folder)) {
      Snapshots snapshots = directory.snapshots();
      assertThatThrownBy(
              () ->
                  snapshots.take(
                      "a",
                      target -> {
                        assertThat(target.toFile().mkdir()).isTrue();
                        throw new StateException("the disk is full", null);
                      }))
          .hasMessage("the disk is full");
      assertThat(snapshots.list()).isEmpty();
      snapshots.take("a", target -> assertThat(target.toFile().mkdir()).isTrue());
      assertThat(snapshots.list()).hasSize(1);
    }
  }

  @Test
  void haveTheFormatOfTheirDirectory() throws IOException {
    try (StateDirectory old = StateDirectory.open(folder.resolve("old"));
        RocksStateStore store = RocksStateStore.open(old.store(), MEMORY);
        StateDirectory directory = StateDirectory.open(folder.resolve("new"))) {
      commit(store, 1);
      Path snapshot = old.snapshots().take("monday", store::copyTo);
      Path version = snapshot.resolve("VERSION");
      assertThat(version).hasSameTextualContentAs(old.path().resolve("VERSION"));
      Files.writeString(version, "tidemark state 4\n");
      assertThatThrownBy(() -> Snapshots.restore(snapshot, directory))
          .isInstanceOf(StateException.class)
          .hasMessageContaining(snapshot + " has the format \"tidemark state 4\"");
      assertThat(directory.hasStore()).isFalse();
      // As those of version 1 are.
      Files.delete(version);
      Snapshots.restore(snapshot, directory);
      assertThat(directory.hasStore()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../a", "-a", "a b", ".unfinished-a"})
  void namesStayInTheFolder(String name) {
    Snapshots snapshots = new Snapshots(folder.resolve("snapshots"));
    assertThatThrownBy(() -> snapshots.take(name, target -> {})).isInstanceOf(StateException.class);
    assertThatThrownBy(() -> snapshots.remove(name)).isInstanceOf(StateException.class);
  }

  @Test
  void whatIsNoSnapshotIsRefused() {
    try (StateDirectory directory = StateDirectory.open(folder.resolve("new"))) {
      assertThatThrownBy(() -> Snapshots.restore(folder, directory))
          .isInstanceOf(StateException.class)
          .hasMessageContaining(folder + " is no snapshot");
      assertThat(directory.hasStore()).isFalse();
    }
  }

  private static void commit(RocksStateStore store, int epoch) {
    TreeMap<Bytes, @Nullable Bytes> entries = new TreeMap<>();
    entries.put(KEY, value(epoch));
    store.commit(
        new EpochCommit(
            new Manifest(epoch, Map.of()), List.of(new StateChanges(new TreeSet<>(), entries))));
  }

  private static Bytes value(int epoch) {
    return Bytes.of(new byte[] {(byte) epoch});
  }
}
