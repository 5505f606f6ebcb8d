package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.StoredValues;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.apache.beam.sdk.util.common.Reiterator;
import org.jspecify.annotations.Nullable;

/**
 * The values of one group, of which some are on disk, or of groups whose windows were merged: each
 * iteration merges them by their order of arrival, and decodes them.
 *
 * <p>Owned by the lane.
 */
final class UnitedGroups extends AbstractCollection<@Nullable Object> implements StoredValues {
  private final GroupCursor[] groups;
  private final SegmentCoder valueSegment;
  private final long size;

  /**
   * Shows the values of some groups.
   *
   * @param groups stand before the first value of each; not copied
   * @param size how many values there are
   */
  UnitedGroups(GroupCursor[] groups, SegmentCoder valueSegment, long size) {
    this.groups = groups;
    this.valueSegment = valueSegment;
    this.size = size;
  }

  @Override
  public boolean areOnDisk() {
    return Arrays.stream(groups).anyMatch(GroupCursor::isOnDisk);
  }

  @Override
  public int size() {
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    PriorityQueue<GroupCursor> heads =
        new PriorityQueue<>(groups.length, Comparator.comparingLong(GroupCursor::arrival));
    for (GroupCursor group : groups) {
      push(group.copy(), heads);
    }
    return new Merged(heads);
  }

  private static void push(GroupCursor cursor, PriorityQueue<GroupCursor> heads) {
    if (cursor.next()) {
      heads.add(cursor);
    }
  }

  /** Iterators that can be copied let Beam's joins leave large groups where they are. */
  private final class Merged implements Reiterator<@Nullable Object> {
    private final PriorityQueue<GroupCursor> heads;

    Merged(PriorityQueue<GroupCursor> heads) {
      this.heads = heads;
    }

    @Override
    public boolean hasNext() {
      return !heads.isEmpty();
    }

    @Override
    public @Nullable Object next() {
      GroupCursor head = heads.poll();
      if (head == null) {
        throw new NoSuchElementException();
      }
      Object decoded = valueSegment.decode(head.bytes(), head.offset(), head.length());
      push(head, heads);
      return decoded;
    }

    @Override
    public Reiterator<@Nullable Object> copy() {
      PriorityQueue<GroupCursor> copies =
          new PriorityQueue<>(groups.length, Comparator.comparingLong(GroupCursor::arrival));
      heads.forEach(head -> copies.add(head.copy()));
      return new Merged(copies);
    }
  }
}
