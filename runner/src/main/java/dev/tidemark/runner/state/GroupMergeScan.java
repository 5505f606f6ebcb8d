package dev.tidemark.runner.state;

import java.util.Comparator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one table and node in several key groups, in the order of what follows the group
 * in their keys.
 *
 * <p>Owned by the lane.
 */
final class GroupMergeScan implements StateScan {
  /** The rest of a group, which is not empty. */
  private record Rest(StateEntry first, StateScan behind) {}

  private final PriorityQueue<Rest> groups =
      new PriorityQueue<>(
          Comparator.comparing((Rest rest) -> rest.first().key(), KeyLayout::compareAfterGroup));

  /** Adds the entries of a group; closed with this. */
  void add(StateScan group) {
    if (group.hasNext()) {
      groups.add(new Rest(group.next(), group));
    } else {
      group.close();
    }
  }

  @Override
  public boolean hasNext() {
    return !groups.isEmpty();
  }

  @Override
  public StateEntry next() {
    @Nullable Rest rest = groups.poll();
    if (rest == null) {
      throw new NoSuchElementException();
    }
    add(rest.behind());
    return rest.first();
  }

  @Override
  public void close() {
    groups.forEach(rest -> rest.behind().close());
    groups.clear();
  }
}
