package dev.tidemark.runner.recovery;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A store that a process uses until it crashes; what is committed stays with the store behind it.
 *
 * <p>Thread-safe, as that store is.
 */
public final class CrashingStore implements StateStore {
  private final LongConsumer committed;
  private final StateStore survivor;
  private final AtomicLong commitsLeft;
  private final boolean crashAfter;
  private final Function<String, RuntimeException> failure;
  private volatile boolean crashed;

  /** What a process sees of its own end. */
  public static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Crash(String when) {
      super(when);
    }

    /** Whether something was thrown because of a crash. */
    public static boolean isCauseOf(Throwable thrown) {
      for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
        if (cause instanceof Crash) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Makes the store of one process.
   *
   * @param committed is told of each epoch that is committed
   * @param survivor has what earlier ones committed
   * @param crashInCommit which commit of an epoch it does not live to tell of, from 0
   * @param crashAfter whether that commit is there nevertheless
   * @param failure what it throws
   */
  public CrashingStore(
      LongConsumer committed,
      StateStore survivor,
      long crashInCommit,
      boolean crashAfter,
      Function<String, RuntimeException> failure) {
    this.committed = committed;
    this.failure = failure;
    this.survivor = survivor;
    this.commitsLeft = new AtomicLong(crashInCommit);
    this.crashAfter = crashAfter;
  }

  @Override
  public void commit(EpochCommit commit) {
    if (crashed) {
      throw failure.apply("after the end");
    }
    boolean ofEpoch = commit.manifest().epoch() > survivor.manifest().epoch();
    boolean crash = ofEpoch && commitsLeft.getAndDecrement() == 0;
    if (!crash || crashAfter) {
      survivor.commit(commit);
      committed.accept(commit.manifest().epoch());
    }
    if (crash) {
      crashed = true;
      throw failure.apply("commit of epoch " + commit.manifest().epoch());
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
