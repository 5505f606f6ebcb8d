package dev.tidemark.runner.state;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Decides which keys leave memory: those that were not used since they had their last turn here
 * (second chance). Unlike an order by last use it costs nothing to use a key.
 *
 * <p>Owned by the lane.
 */
final class EvictionQueue {
  private static final int TOLERATED = 64;

  private final ArrayDeque<KeyState> turns = new ArrayDeque<>();

  /**
   * Adds a key.
   *
   * @param live how many keys are in memory: more than twice as many are not kept here
   */
  void add(KeyState state, int live) {
    turns.add(state);
    if (turns.size() > 2 * live + TOLERATED) {
      turns.removeIf(KeyState::isDetached);
    }
  }

  /** Takes out the next key that is to leave memory; null if there is none. */
  @Nullable KeyState poll() {
    for (KeyState state = turns.poll(); state != null; state = turns.poll()) {
      if (state.isDetached()) {
        continue;
      }
      if (!state.takeTouched()) {
        return state;
      }
      turns.add(state);
    }
    return null;
  }

  void clear() {
    turns.clear();
  }
}
