package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.ByteChains;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The encoded values of many groups, in the order in which they came.
 *
 * <p>Owned by the lane.
 */
final class GroupValues {
  private final SegmentCoder valueSegment;
  private final ByteChains chains = new ByteChains();

  // Where groups may be united later, beside each value (at the same place of its group's list):
  // the number of the value among all.
  private final @Nullable ByteChains arrivals;
  private final byte[] arrival = new byte[Long.BYTES];
  private long count;

  /**
   * Makes an empty one.
   *
   * @param valueSegment decodes the values
   * @param merging whether groups may be united
   */
  GroupValues(SegmentCoder valueSegment, boolean merging) {
    this.valueSegment = valueSegment;
    this.arrivals = merging ? new ByteChains() : null;
  }

  /** Adds the value of an element to a group; groups are numbered from 0. */
  void append(int group, RecordBatch page, int element) {
    chains.append(group, page.payload(), page.valueOffset(element), page.valueLength(element));
    if (arrivals != null) {
      long number = count++;
      for (int i = 0; i < Long.BYTES; i++) {
        arrival[i] = (byte) (number >>> (8 * i));
      }
      arrivals.append(group, arrival, 0, Long.BYTES);
    }
  }

  /**
   * The values of some groups together, decoded each time that they are iterated over, in the order
   * in which they came.
   *
   * @param groups several only where groups may be united
   */
  Collection<@Nullable Object> of(int[] groups) {
    if (groups.length == 1 || arrivals == null) {
      return new OneGroup(chains, valueSegment, groups[0]);
    }
    return new UnitedGroups(chains, arrivals, valueSegment, groups.clone());
  }
}
