package dev.tidemark.runner.state.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateChanges;
import dev.tidemark.runner.state.StateEntry;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Commits as tests need them, and all that a store holds. */
final class Commits {
  private Commits() {}

  static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }

  /** An epoch that sets one entry. */
  static EpochCommit put(long epoch, String key, String value) {
    TreeMap<Bytes, @Nullable Bytes> entries = new TreeMap<>();
    entries.put(bytes(key), bytes(value));
    return new EpochCommit(
        new Manifest(epoch, Map.of()), List.of(new StateChanges(new TreeSet<>(), entries)));
  }

  /** An epoch that sets the entries {@code prefix0}, {@code prefix1}, ... to one value. */
  static EpochCommit putMany(long epoch, String prefix, int count, String value) {
    TreeMap<Bytes, @Nullable Bytes> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      entries.put(bytes(prefix + i), bytes(value));
    }
    return new EpochCommit(
        new Manifest(epoch, Map.of()), List.of(new StateChanges(new TreeSet<>(), entries)));
  }

  static List<StateEntry> list(StateScan scan) {
    List<StateEntry> entries = new ArrayList<>();
    try (scan) {
      scan.forEachRemaining(entries::add);
    }
    return entries;
  }

  static List<StateEntry> all(StateStore store) {
    return list(store.scan(Bytes.EMPTY));
  }
}
