package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.exchange.PageSorter;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SortedPages;
import dev.tidemark.runner.exchange.SpilledPages;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.io.IOException;
import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Materializations;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a window as a multimap on disk, sorted by encoded key; the values of a key come
 * in the order of the elements.
 *
 * <p>Immutable; may be read from several threads, as coders may be used by several.
 */
final class SpilledMultimap implements Materializations.MultimapView<Object, Object> {
  private final SpilledElements elements;
  private final Coder<Object> keyCoder;
  private final SortedPages sorted;

  /** Sorts elements, which are {@code KV}s. */
  @SuppressWarnings("unchecked") // a multimap materialization is made of KVs
  SpilledMultimap(SpilledElements elements) {
    this.elements = elements;
    this.keyCoder = (Coder<Object>) elements.coders().kvCoder().getKeyCoder();
    this.sorted = sort(elements.pages());
  }

  private SortedPages sort(SpilledPages pages) {
    PageSorter sorter = new PageSorter(pages.space());
    ByteInput input = new ByteInput();
    for (int number = 0; number < pages.pageCount(); number++) {
      RecordBatch page = pages.page(number);
      for (int i = 0; i < page.size(); i++) {
        int length = page.valueLength(i);
        input.reset(page.payload(), page.valueOffset(i), length);
        // An encoded KV begins with its key: reading that tells where it ends.
        decodeKey(input);
        sorter.add(page.payload(), page.valueOffset(i), length - input.available(), length);
      }
    }
    return sorter.sort();
  }

  /** Tells that it will not be asked for any more, but by who has it in hand. */
  void release() {
    sorted.release();
  }

  @Override
  public Iterable<Object> get() {
    return new AbstractCollection<>() {
      @Override
      public int size() {
        return (int) Math.min(Integer.MAX_VALUE, sorted.keyCount());
      }

      @Override
      public Iterator<Object> iterator() {
        return new Keys();
      }
    };
  }

  @Override
  public Iterable<Object> get(Object key) {
    ByteOutput encoded = new ByteOutput();
    try {
      keyCoder.encode(key, encoded);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the key " + key + " of a side input cannot be encoded by " + keyCoder, e);
    }
    byte[] bytes = encoded.toByteArray();
    return () -> new Values(bytes);
  }

  private Object decodeKey(ByteInput input) {
    try {
      return keyCoder.decode(input);
    } catch (IOException e) {
      throw new IllegalStateException(
          elements.coders().transform()
              + ": cannot decode a key of a side input with "
              + keyCoder
              + ". Check that the coder reads exactly what it writes.",
          e);
    }
  }

  /** Goes through the keys. */
  private final class Keys implements Iterator<Object> {
    private final SortedPages.Cursor cursor = sorted.all();
    private byte @Nullable [] last;
    private boolean ready;

    @Override
    public boolean hasNext() {
      while (!ready && cursor.next()) {
        ready = last == null || !cursor.hasKey(last);
      }
      return ready;
    }

    @Override
    public Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ready = false;
      RecordBatch page = cursor.page();
      int from = page.keyOffset(cursor.index());
      byte[] key = Arrays.copyOfRange(page.payload(), from, from + page.keyLength(cursor.index()));
      last = key;
      return decodeKey(new ByteInput().reset(key, 0, key.length));
    }
  }

  /** Goes through the values of a key. */
  private final class Values implements Iterator<Object> {
    private final byte[] key;
    private final SegmentCoder segment = SegmentCoder.ofValues(elements.coders());
    private final SortedPages.Cursor cursor;
    private boolean ready;
    private boolean over;

    Values(byte[] key) {
      this.key = key;
      this.cursor = sorted.find(key);
    }

    @Override
    public boolean hasNext() {
      if (!ready && !over) {
        ready = cursor.next() && cursor.hasKey(key);
        over = !ready;
      }
      return ready;
    }

    @Override
    @SuppressWarnings("NullAway") // whether null is a value is the coder's matter
    public Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ready = false;
      RecordBatch page = cursor.page();
      int index = cursor.index();
      return segment.decode(page.payload(), page.valueOffset(index), page.valueLength(index));
    }
  }
}
