package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The values of one group, decoded from the pages each time that they are iterated over.
 *
 * <p>Owned by the lane.
 */
final class GroupedValues extends AbstractCollection<@Nullable Object> {
  private final ValueChains chains;
  private final SegmentCoder valueSegment;
  private final int first;
  private final int count;

  /** Shows the values that {@code group} has now. */
  GroupedValues(ValueChains chains, SegmentCoder valueSegment, int group) {
    this.chains = chains;
    this.valueSegment = valueSegment;
    this.first = chains.first(group);
    this.count = chains.count(group);
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return new Values();
  }

  private final class Values implements Iterator<@Nullable Object> {
    private int left = count;
    private int value = first;

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public @Nullable Object next() {
      if (left == 0) {
        throw new NoSuchElementException();
      }
      RecordBatch page = chains.page(value);
      int element = chains.element(value);
      Object decoded =
          valueSegment.decode(page.payload(), page.valueOffset(element), page.valueLength(element));
      if (--left > 0) {
        value = chains.next(value);
      }
      return decoded;
    }
  }
}
