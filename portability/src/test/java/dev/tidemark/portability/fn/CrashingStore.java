package dev.tidemark.portability.fn;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A store that is there for some commits; what is committed stays with the store behind it.
 *
 * <p>Thread-safe, as that store is.
 */
final class CrashingStore implements StateStore {
  static final String CRASH = "the process is no more";

  private final StateStore survivor;
  private final AtomicLong commitsLeft;
  private final boolean crashAfter;

  /**
   * @param crashInCommit which commit of an epoch it does not live to tell of, from 0
   * @param crashAfter whether that commit is there nevertheless
   */
  CrashingStore(StateStore survivor, long crashInCommit, boolean crashAfter) {
    this.survivor = survivor;
    this.commitsLeft = new AtomicLong(crashInCommit);
    this.crashAfter = crashAfter;
  }

  @Override
  public void commit(EpochCommit commit) {
    boolean ofEpoch = commit.manifest().epoch() > survivor.manifest().epoch();
    long left = ofEpoch ? commitsLeft.getAndDecrement() : commitsLeft.get();
    if (left > 0 || !ofEpoch || (left == 0 && crashAfter)) {
      survivor.commit(commit);
    }
    if (ofEpoch && left <= 0) {
      throw new StateException(CRASH, null);
    }
  }

  @Override
  public @Nullable Bytes get(Bytes key) {
    return survivor.get(key);
  }

  @Override
  public StateScan scan(Bytes prefix) {
    return survivor.scan(prefix);
  }

  @Override
  public StateScan scan(Bytes from, Bytes to) {
    return survivor.scan(from, to);
  }

  @Override
  public Manifest manifest() {
    return survivor.manifest();
  }

  @Override
  public void close() {}
}
