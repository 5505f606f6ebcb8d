package dev.tidemark.runner.state;

import dev.tidemark.runner.exchange.KeyGroups;

/**
 * The key groups that one lane owns.
 *
 * <p>Immutable.
 *
 * @param first the first one
 * @param end the one after the last
 */
record GroupRange(int first, int end) {

  /** The range of {@code lane}; the ranges of all lanes are disjoint and cover all groups. */
  static GroupRange of(KeyGroups groups, int lane) {
    return new GroupRange(start(groups, lane), start(groups, lane + 1));
  }

  /** Whether the lane owns a group. */
  boolean contains(int group) {
    return first <= group && group < end;
  }

  private static int start(KeyGroups groups, int lane) {
    return (int) (((long) lane * groups.groups() + groups.lanes() - 1) / groups.lanes());
  }
}
