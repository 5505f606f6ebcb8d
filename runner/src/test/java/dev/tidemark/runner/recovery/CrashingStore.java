package dev.tidemark.runner.recovery;

import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.ForwardingStore;
import dev.tidemark.runner.state.StateStore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * A store that a process uses until it crashes; what is committed stays with the store behind it.
 *
 * <p>Thread-safe, as that store is.
 */
public final class CrashingStore extends ForwardingStore {
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
    super(survivor);
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
  public void close() {}
}
