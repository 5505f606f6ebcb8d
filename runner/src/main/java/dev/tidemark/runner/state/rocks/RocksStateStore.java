package dev.tidemark.runner.state.rocks;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.DiskSync;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateChanges;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A store on disk: what {@link #commit} has returned from survives the process and the machine.
 *
 * <p>A write or sync that fails is not tried again, as after a failed sync nobody can say what is
 * on the disk: everything after it is refused, with the first failure as the reason. What was
 * committed is there when the store is opened the next time.
 *
 * <p>Thread-safe, for one committer at a time.
 */
public final class RocksStateStore implements StateStore {
  /** How much memory a store takes if nobody says otherwise, in bytes; outside of Java's heap. */
  public static final long DEFAULT_MEMORY_BYTES = 256L << 20;

  private final Database database;
  private final CommittedMark committed;
  private final Failures failures;
  private final Gate gate = new Gate();
  private final Set<RocksScan> scans = ConcurrentHashMap.newKeySet();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private volatile Manifest manifest;

  private RocksStateStore(
      Database database, CommittedMark committed, Failures failures, Manifest manifest) {
    this.database = database;
    this.committed = committed;
    this.failures = failures;
    this.manifest = manifest;
  }

  /**
   * Opens the store in {@code folder}, or makes it.
   *
   * @param memoryBytes about how much memory it may take, outside of Java's heap
   * @throws StateException if it cannot be read or written, is damaged, has lost commits, or is in
   *     use
   */
  public static RocksStateStore open(Path folder, long memoryBytes) {
    Failures failures = new Failures(folder);
    try {
      NativeLibrary.load();
    } catch (IOException | RuntimeException | LinkageError e) {
      throw failures.library(e);
    }
    CommittedMark committed = null;
    Database database = null;
    try {
      Files.createDirectories(folder);
      // RocksDB sees to the names in its folder, not to that of the folder.
      DiskSync.syncName(folder);
      committed = CommittedMark.open(folder);
      database = CarefulOpening.open(folder, memoryBytes, committed.found(), failures);
      Manifest manifest = ManifestRows.read(database);
      if (manifest.epoch() < committed.found()) {
        throw failures.lost(committed.found(), manifest.epoch());
      }
      return new RocksStateStore(database, committed, failures, manifest);
    } catch (IOException | RocksDBException e) {
      release(database, committed);
      throw failures.opening(e);
    } catch (StateException e) {
      release(database, committed);
      throw e;
    }
  }

  @Override
  public @Nullable Bytes get(Bytes key) {
    Lock inside = gate.enter();
    try {
      byte[] value = database.db().get(database.entries(), key.array());
      return value == null ? null : Bytes.of(value);
    } catch (RocksDBException e) {
      throw gate.fail(failures.reading(e));
    } finally {
      inside.unlock();
    }
  }

  @Override
  public List<@Nullable Bytes> getAll(List<Bytes> keys) {
    if (keys.isEmpty()) {
      // RocksDB takes no empty list.
      return List.of();
    }
    Lock inside = gate.enter();
    try {
      List<byte[]> found =
          database
              .db()
              .multiGetAsList(
                  Collections.nCopies(keys.size(), database.entries()),
                  keys.stream().map(Bytes::array).toList());
      List<@Nullable Bytes> values = new ArrayList<>(found.size());
      for (byte @Nullable [] value : found) {
        values.add(value == null ? null : Bytes.of(value));
      }
      return values;
    } catch (RocksDBException e) {
      throw gate.fail(failures.reading(e));
    } finally {
      inside.unlock();
    }
  }

  @Override
  public StateScan scan(Bytes prefix) {
    return scanTo(prefix, end(prefix));
  }

  @Override
  public StateScan scan(Bytes from, Bytes to) {
    return scanTo(from, from.compareTo(to) < 0 ? to : from);
  }

  private StateScan scanTo(Bytes from, @Nullable Bytes end) {
    Lock inside = gate.enter();
    try {
      RocksScan scan = new RocksScan(database, from, end, gate, failures, this::close);
      scans.add(scan);
      return scan;
    } finally {
      inside.unlock();
    }
  }

  private void close(RocksScan scan) {
    Lock held = gate.hold();
    try {
      // Whoever takes it out of the set is the one to free it.
      if (scans.remove(scan)) {
        scan.release();
      }
    } finally {
      held.unlock();
    }
  }

  @Override
  public synchronized void commit(EpochCommit commit) {
    Manifest before = manifest;
    Manifest after = commit.manifest();
    if (after.epoch() < before.epoch()) {
      throw new IllegalArgumentException(
          "epoch " + after.epoch() + " comes after epoch " + before.epoch());
    }
    Lock inside = gate.enter();
    try (WriteBatch batch = new WriteBatch()) {
      for (StateChanges changes : commit.changes()) {
        add(changes, batch);
      }
      ManifestRows.write(database, batch, before, after);
      database.db().write(synced, batch);
      manifest = after;
      committed.write(after.epoch());
    } catch (RocksDBException | IOException e) {
      throw gate.fail(failures.writing(e));
    } finally {
      inside.unlock();
    }
  }

  private void add(StateChanges changes, WriteBatch batch) throws RocksDBException {
    for (Bytes prefix : changes.deletedPrefixes()) {
      Bytes end = end(prefix);
      if (end != null) {
        batch.deleteRange(database.entries(), prefix.array(), end.array());
      } else {
        deleteToTheEnd(prefix, batch);
      }
    }
    for (Bytes key : InsertionOrder.of(changes.entries().keySet())) {
      Bytes value = changes.entries().get(key);
      if (value == null) {
        batch.delete(database.entries(), key.array());
      } else {
        batch.put(database.entries(), key.array(), value.array());
      }
    }
  }

  /** RocksDB has no range without an end. */
  private void deleteToTheEnd(Bytes from, WriteBatch batch) throws RocksDBException {
    try (RocksScan scan = new RocksScan(database, from, null, gate, failures, RocksScan::release)) {
      while (scan.hasNext()) {
        batch.delete(database.entries(), scan.next().key().array());
      }
    }
  }

  @Override
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Makes a copy of the store as it is after the last commit; commits wait meanwhile. Files that
   * never change are shared where the file system can do that, so a copy is quick and small.
   *
   * @param target the folder of the copy, which is not there yet
   * @throws StateException if it cannot be made; the store itself goes on
   */
  public synchronized void copyTo(Path target) {
    Lock inside = gate.enter();
    try (Checkpoint checkpoint = Checkpoint.create(database.db())) {
      checkpoint.createCheckpoint(target.toString());
      try (CommittedMark mark = CommittedMark.open(target)) {
        mark.write(manifest.epoch());
        mark.sync();
      }
    } catch (RocksDBException | IOException e) {
      throw failures.copying(target, e);
    } finally {
      inside.unlock();
    }
  }

  /** Closes the store, and the scans that are open. */
  @Override
  public synchronized void close() {
    gate.close(
        () -> {
          scans.forEach(this::close);
          synced.close();
          release(database, committed);
        });
  }

  private static void release(@Nullable Database database, @Nullable CommittedMark mark) {
    if (database != null) {
      database.close();
    }
    if (mark != null) {
      try {
        mark.close();
      } catch (IOException e) {
        // All that matters in it was written.
      }
    }
  }

  /** The first byte string behind all that begin with {@code prefix}, or null if there is none. */
  static @Nullable Bytes end(Bytes prefix) {
    byte[] bytes = prefix.array();
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] != (byte) 0xff) {
        byte[] end = Arrays.copyOf(bytes, i + 1);
        end[i]++;
        return Bytes.of(end);
      }
    }
    return null;
  }
}
