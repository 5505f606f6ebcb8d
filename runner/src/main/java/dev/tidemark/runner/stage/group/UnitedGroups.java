package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.ByteChains;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.AbstractCollection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The values of some groups whose windows were merged: each iteration merges them by their order of
 * arrival, and decodes them.
 *
 * <p>Owned by the lane.
 */
final class UnitedGroups extends AbstractCollection<@Nullable Object> {
  private final ByteChains chains;
  private final ByteChains arrivals;
  private final SegmentCoder valueSegment;
  private final int[] groups;
  private final int size;

  /**
   * Shows the values of {@code groups}.
   *
   * @param chains the values of all groups
   * @param arrivals for each value, when it came
   * @param groups not copied
   */
  UnitedGroups(ByteChains chains, ByteChains arrivals, SegmentCoder valueSegment, int[] groups) {
    this.chains = chains;
    this.arrivals = arrivals;
    this.valueSegment = valueSegment;
    this.groups = groups;
    long values = 0;
    for (int group : groups) {
      values += chains.count(group);
    }
    this.size = (int) Math.min(values, Integer.MAX_VALUE);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return new Merged();
  }

  /** The next value of one group. */
  private static final class Head {
    private final ByteChains.Cursor values;
    private final ByteChains.Cursor numbers;
    private long number;

    Head(ByteChains.Cursor values, ByteChains.Cursor numbers) {
      this.values = values;
      this.numbers = numbers;
    }

    boolean next() {
      if (!values.next() || !numbers.next()) {
        return false;
      }
      number = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        number |= (numbers.bytes()[numbers.offset() + i] & 0xffL) << (8 * i);
      }
      return true;
    }

    long number() {
      return number;
    }
  }

  private final class Merged implements Iterator<@Nullable Object> {
    private final PriorityQueue<Head> heads =
        new PriorityQueue<>(groups.length, Comparator.comparingLong(Head::number));

    Merged() {
      for (int group : groups) {
        push(new Head(chains.read(group), arrivals.read(group)));
      }
    }

    @Override
    public boolean hasNext() {
      return !heads.isEmpty();
    }

    @Override
    public @Nullable Object next() {
      Head head = heads.poll();
      if (head == null) {
        throw new NoSuchElementException();
      }
      Object decoded =
          valueSegment.decode(head.values.bytes(), head.values.offset(), head.values.length());
      push(head);
      return decoded;
    }

    private void push(Head head) {
      if (head.next()) {
        heads.add(head);
      }
    }
  }
}
