package dev.tidemark.runner.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateChanges;
import dev.tidemark.runner.state.StateEntry;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.directory.Snapshots;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A process that does all that can be done with a state directory: makes it, commits, fills so much
 * memory that tables are written and merged, takes a snapshot and removes it, starts another
 * directory from one, opens both again. Says in a file beside them what it begins and what is done.
 */
final class RecordedStore {
  static final String SAID = "said";
  static final String FIRST = "first";
  static final String SECOND = "second";
  static final long MEMORY = 1 << 16;
  private static final int KEYS = 40;
  private static final int CHANGES = 6;
  static final long EPOCHS = 36;

  private final Path folder;
  private final FileOutputStream said;

  private RecordedStore(Path folder) throws IOException {
    this.folder = folder;
    this.said = new FileOutputStream(folder.resolve(SAID).toFile());
  }

  /** Called in a process of its own, with the folder as its argument. */
  public static void main(String[] arguments) throws IOException {
    new RecordedStore(Path.of(arguments[0])).run();
  }

  private void run() throws IOException {
    try (StateDirectory directory = StateDirectory.open(folder.resolve(FIRST))) {
      commit(directory, 1, EPOCHS / 3);
      snapshot(directory, "one", EPOCHS / 3);
    }
    try (StateDirectory directory = StateDirectory.open(folder.resolve(FIRST))) {
      commit(directory, EPOCHS / 3 + 1, EPOCHS);
      snapshot(directory, "two", EPOCHS);
      say("removing one");
      directory.snapshots().remove("one");
    }
    try (StateDirectory directory = StateDirectory.open(folder.resolve(SECOND))) {
      say("begin " + SECOND + " " + EPOCHS);
      Snapshots.restore(folder.resolve(FIRST).resolve("snapshots").resolve("two"), directory);
      say("done " + SECOND + " " + EPOCHS);
      commit(directory, EPOCHS + 1, EPOCHS + 3);
    }
  }

  private void commit(StateDirectory directory, long from, long to) throws IOException {
    String name = String.valueOf(directory.path().getFileName());
    try (RocksStateStore store = RocksStateStore.open(directory.store(), MEMORY)) {
      for (long epoch = from; epoch <= to; epoch++) {
        say("begin " + name + " " + epoch);
        store.commit(epoch(epoch));
        say("done " + name + " " + epoch);
      }
    }
  }

  private void snapshot(StateDirectory directory, String name, long epoch) throws IOException {
    try (RocksStateStore store = RocksStateStore.open(directory.store(), MEMORY)) {
      directory.snapshots().take(name, store::copyTo);
      say("snapshot " + name + " " + epoch);
    }
  }

  private void say(String what) throws IOException {
    said.write((what + "\n").getBytes(UTF_8));
  }

  /** What an epoch changes: some entries, and now and then a whole range of them. */
  static EpochCommit epoch(long epoch) {
    TreeMap<Bytes, @Nullable Bytes> entries = new TreeMap<>();
    for (int i = 1; i <= CHANGES; i++) {
      String value = (epoch + "/" + i + " ").repeat(300);
      entries.put(bytes("key " + epoch * i % KEYS), bytes(value));
    }
    if (epoch % 3 == 0) {
      entries.put(bytes("key " + epoch % KEYS), null);
    }
    TreeSet<Bytes> prefixes = new TreeSet<>();
    if (epoch % 5 == 0) {
      prefixes.add(bytes("key " + epoch % 4));
    }
    return new EpochCommit(
        new Manifest(epoch, Map.of("mark", bytes("" + epoch / 4))),
        List.of(new StateChanges(prefixes, entries)));
  }

  /** What a store holds after each epoch, from 0. */
  static List<List<StateEntry>> contents() {
    List<List<StateEntry>> contents = new ArrayList<>();
    try (HeapStateStore store = new HeapStateStore()) {
      contents.add(all(store));
      for (long epoch = 1; epoch <= EPOCHS + 4; epoch++) {
        store.commit(epoch(epoch));
        contents.add(all(store));
      }
    }
    return contents;
  }

  static List<StateEntry> all(StateStore store) {
    List<StateEntry> entries = new ArrayList<>();
    try (StateScan scan = store.scan(Bytes.EMPTY)) {
      scan.forEachRemaining(entries::add);
    }
    return entries;
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }
}
