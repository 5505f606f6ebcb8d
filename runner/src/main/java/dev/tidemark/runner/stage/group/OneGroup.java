package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.ByteChains;
import dev.tidemark.runner.stage.StoredValues;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.util.common.Reiterator;
import org.jspecify.annotations.Nullable;

/**
 * The values of one group, decoded each time that they are iterated over.
 *
 * <p>Owned by the lane.
 */
final class OneGroup extends AbstractCollection<@Nullable Object> implements StoredValues {
  private final ByteChains chains;
  private final SegmentCoder valueSegment;
  private final int group;

  OneGroup(ByteChains chains, SegmentCoder valueSegment, int group) {
    this.chains = chains;
    this.valueSegment = valueSegment;
    this.group = group;
  }

  @Override
  public boolean areOnDisk() {
    return false;
  }

  @Override
  public int size() {
    return chains.count(group);
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return new Decoded(chains.read(group));
  }

  /** Iterators that can be copied let Beam's joins leave large groups where they are. */
  private final class Decoded implements Reiterator<@Nullable Object> {
    private final ByteChains.Cursor cursor;

    Decoded(ByteChains.Cursor cursor) {
      this.cursor = cursor;
    }

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

    @Override
    public Reiterator<@Nullable Object> copy() {
      return new Decoded(cursor.copy());
    }
  }
}
