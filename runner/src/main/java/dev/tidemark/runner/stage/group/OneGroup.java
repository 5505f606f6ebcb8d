package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.ByteChains;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The values of one group, decoded each time that they are iterated over.
 *
 * <p>Owned by the lane.
 */
final class OneGroup extends AbstractCollection<@Nullable Object> {
  private final ByteChains chains;
  private final SegmentCoder valueSegment;
  private final int group;

  OneGroup(ByteChains chains, SegmentCoder valueSegment, int group) {
    this.chains = chains;
    this.valueSegment = valueSegment;
    this.group = group;
  }

  @Override
  public int size() {
    return chains.count(group);
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    ByteChains.Cursor cursor = chains.read(group);
    return new Iterator<@Nullable Object>() {
      @Override
      public boolean hasNext() {
        return cursor.left() > 0;
      }

      @Override
      public @Nullable Object next() {
        if (!cursor.next()) {
          throw new NoSuchElementException();
        }
        return valueSegment.decode(cursor.bytes(), cursor.offset(), cursor.length());
      }
    };
  }
}
