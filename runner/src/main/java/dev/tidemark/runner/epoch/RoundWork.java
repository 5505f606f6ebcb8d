package dev.tidemark.runner.epoch;

import dev.tidemark.runner.stage.SharedWork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the lanes of one node are doing in a round: a lane that is through takes parts of what
 * others are still at, and leaves the node when none is.
 *
 * <p>Thread-safe.
 */
final class RoundWork {
  /**
   * For how long work must be under way before it is divided. Not soon: parts cost something, and
   * functions that give up their turn after a while need not be divided at all.
   */
  private static final long LONG_MILLIS = 2_000;

  /** After how long a lane that has got nothing looks again. */
  private static final long PATIENCE_MILLIS = 100;

  private enum State {
    WORKING,
    WAITING,
    THROUGH
  }

  private final List<Running> running = new ArrayList<>();
  private final State[] states;

  /** For so many lanes. */
  RoundWork(int lanes) {
    states = new State[lanes];
    Arrays.fill(states, State.THROUGH);
  }

  /** Called before the lanes begin a round. */
  synchronized void beginRound() {
    Arrays.fill(states, State.WORKING);
  }

  /** Called when a lane has ended its round, however it did. */
  synchronized void leave(int lane) {
    enter(lane, State.THROUGH);
  }

  /** What one lane sees of it. */
  SharedWork in(int lane) {
    return new InLane(this, lane);
  }

  private void enter(int lane, State state) {
    states[lane] = state;
    if (!isAnyWorking()) {
      notifyAll();
    }
  }

  private boolean isAnyWorking() {
    return Arrays.asList(states).contains(State.WORKING);
  }

  private synchronized void begin(SharedWork.Work work) {
    running.add(new Running(work));
  }

  private void end(SharedWork.Work work) {
    Running ended = null;
    synchronized (this) {
      for (int i = 0; ended == null; i++) {
        if (running.get(i).work == work) {
          ended = running.remove(i);
        }
      }
    }
    ended.end();
  }

  private @Nullable Object take(int lane, long fromMillis) throws InterruptedException {
    List<Running> candidates = awaitWork(lane, fromMillis, 0);
    while (!candidates.isEmpty()) {
      // Without the lock: a tracker may be busy with a claim for long.
      Object part = divide(candidates);
      if (part != null) {
        return part;
      }
      candidates = awaitWork(lane, fromMillis, PATIENCE_MILLIS);
    }
    return null;
  }

  /**
   * Waits for work that might be divided, and for {@code delayMillis} at least while there is any;
   * the lane counts as working then. Returns nothing when no lane works.
   */
  private synchronized List<Running> awaitWork(int lane, long fromMillis, long delayMillis)
      throws InterruptedException {
    if (states[lane] != State.THROUGH) {
      enter(lane, State.WAITING);
    }
    if (delayMillis > 0 && isAnyWorking()) {
      wait(delayMillis);
    }
    while (states[lane] != State.THROUGH && isAnyWorking()) {
      List<Running> candidates =
          running.stream().filter(each -> each.isLong() && each.work.hold() >= fromMillis).toList();
      if (!candidates.isEmpty()) {
        enter(lane, State.WORKING);
        return candidates;
      }
      wait(PATIENCE_MILLIS);
    }
    enter(lane, State.THROUGH);
    return List.of();
  }

  /** A part of the largest work that can be divided. */
  private static @Nullable Object divide(List<Running> candidates) {
    List<Sized> bySize = new ArrayList<>();
    for (Running each : candidates) {
      bySize.add(new Sized(each, each.work.remaining()));
    }
    bySize.sort(Comparator.comparingDouble(Sized::remaining).reversed());
    for (Sized each : bySize) {
      Object part = each.running().divide();
      if (part != null) {
        return part;
      }
    }
    return null;
  }

  /** Work with what was left of it a moment ago. */
  private record Sized(Running running, double remaining) {}

  /** Work under way. Thread-safe. */
  private static final class Running {
    private final SharedWork.Work work;
    private final long sinceNanos = System.nanoTime();
    private boolean ended;

    Running(SharedWork.Work work) {
      this.work = work;
    }

    boolean isLong() {
      return System.nanoTime() - sinceNanos >= LONG_MILLIS * 1_000_000;
    }

    synchronized @Nullable Object divide() {
      return ended ? null : work.divide();
    }

    synchronized void end() {
      ended = true;
    }
  }

  /** Owned by the lane. */
  private record InLane(RoundWork round, int lane) implements SharedWork {
    @Override
    public void begin(Work work) {
      round.begin(work);
    }

    @Override
    public void end(Work work) {
      round.end(work);
    }

    @Override
    public @Nullable Object take(long fromMillis) throws InterruptedException {
      return round.take(lane, fromMillis);
    }
  }
}
