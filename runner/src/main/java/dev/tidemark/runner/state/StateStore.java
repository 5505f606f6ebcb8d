package dev.tidemark.runner.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where committed state lives: an ordered map of bytes to bytes, and a manifest, that change
 * together.
 *
 * <p>Thread-safe: one thread commits while any number of others read. After a crash, either all of
 * a commit is there or nothing. A reader beside a commit may see parts of it; lanes do not care,
 * because what they are committing they read from their own {@link EpochOverlay}s, and nobody else
 * reads it.
 *
 * <p>Failures are thrown as {@link StateException}.
 */
public interface StateStore extends AutoCloseable {

  /** The value of {@code key}, or null. */
  @Nullable Bytes get(Bytes key);

  /** The values of {@code keys}, each of which may be null, in their order. */
  default List<@Nullable Bytes> getAll(List<Bytes> keys) {
    List<@Nullable Bytes> values = new ArrayList<>(keys.size());
    keys.forEach(key -> values.add(get(key)));
    return values;
  }

  /** The entries whose key begins with {@code prefix}, in the order of their keys. */
  StateScan scan(Bytes prefix);

  /** The entries with a key from {@code from} (inclusive) to {@code to} (exclusive), in order. */
  StateScan scan(Bytes from, Bytes to);

  /**
   * Makes {@code commit} the state of the job, atomically and, where the store is durable, for good
   * when the call returns.
   *
   * @throws IllegalArgumentException if its epoch is before that of the manifest
   */
  void commit(EpochCommit commit);

  /** The manifest of the last commit, or {@link Manifest#EMPTY}. */
  Manifest manifest();

  /** Releases what the store holds; nobody may use it any more. */
  @Override
  void close();
}
