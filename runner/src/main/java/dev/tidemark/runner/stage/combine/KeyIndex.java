package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.exchange.BytesKeyTable;
import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BigEndianShortCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.jspecify.annotations.Nullable;

/**
 * Numbers distinct pairs of a key, which is an object, and a window's index, in the order in which
 * they were first added.
 *
 * <p>Owned by the lane.
 */
abstract sealed class KeyIndex {
  // Coders of immutable objects that are encoded alike whenever they are equal.
  private static final Set<Class<?>> COMPARABLE_AS_OBJECTS =
      Set.of(
          StringUtf8Coder.class,
          VarLongCoder.class,
          VarIntCoder.class,
          BigEndianLongCoder.class,
          BigEndianIntegerCoder.class,
          BigEndianShortCoder.class,
          ByteCoder.class,
          BooleanCoder.class,
          InstantCoder.class,
          VoidCoder.class);

  /**
   * Makes an empty one for the keys of {@code edge}. Two keys are one if their encodings are equal;
   * where it comes to the same, for the common coders, the objects are compared.
   */
  static KeyIndex of(EdgeCoders edge) {
    return comparableAsObjects(edge.kvCoder().getKeyCoder())
        ? new ByObject()
        : new ByEncoding(SegmentCoder.ofKeys(edge));
  }

  /** How many pairs there are. */
  abstract int size();

  /** The index of a pair, which is added if it is not there: then it is what size was before. */
  abstract int add(@Nullable Object key, int window);

  /** Removes everything. */
  abstract void clear();

  private static boolean comparableAsObjects(Coder<?> coder) {
    if (coder instanceof KvCoder<?, ?> kvCoder) {
      return comparableAsObjects(kvCoder.getKeyCoder())
          && comparableAsObjects(kvCoder.getValueCoder());
    }
    return COMPARABLE_AS_OBJECTS.contains(coder.getClass());
  }

  /** Compares the encodings. */
  static final class ByEncoding extends KeyIndex {
    private final SegmentCoder keySegment;
    private final ByteOutput encoded = new ByteOutput();
    private final BytesKeyTable table = new BytesKeyTable();

    ByEncoding(SegmentCoder keySegment) {
      this.keySegment = keySegment;
    }

    @Override
    int size() {
      return table.size();
    }

    @Override
    int add(@Nullable Object key, int window) {
      encoded.truncate(0);
      keySegment.encode(key, encoded);
      int hash = KeyGroups.hash(encoded.buffer(), 0, encoded.size());
      return table.add(encoded.buffer(), 0, encoded.size(), hash, window);
    }

    @Override
    void clear() {
      table.clear();
    }
  }

  /** Compares the objects. */
  static final class ByObject extends KeyIndex {
    private static final int INITIAL = 16;

    // A slot holds the hash in its upper half and index + 1 in its lower half, 0 when free.
    private long[] slots = new long[2 * INITIAL];
    private @Nullable Object[] keys = new @Nullable Object[INITIAL];
    private int[] windows = new int[INITIAL];
    private int size;
    // Spares a look at the window of each candidate, the usual case.
    private boolean allInOneWindow = true;

    @Override
    int size() {
      return size;
    }

    @Override
    int add(@Nullable Object key, int window) {
      int hash = (Objects.hashCode(key) ^ window * 0x85ebca6b) * 0x9E3779B9;
      hash ^= hash >>> 15;
      int mask = slots.length - 1;
      boolean oneWindow = allInOneWindow && window == windows[0];
      int slot = hash & mask;
      for (long content = slots[slot]; content != 0; content = slots[slot]) {
        int index = (int) content - 1;
        if ((int) (content >>> 32) == hash
            && (oneWindow || windows[index] == window)
            && Objects.equals(keys[index], key)) {
          return index;
        }
        slot = (slot + 1) & mask;
      }
      if (size == keys.length) {
        grow();
        slot = freeSlot(hash);
      }
      keys[size] = key;
      allInOneWindow &= window == windows[0] || size == 0;
      windows[size] = window;
      slots[slot] = (long) hash << 32 | (size + 1);
      return size++;
    }

    @Override
    void clear() {
      Arrays.fill(slots, 0);
      Arrays.fill(keys, 0, size, null);
      size = 0;
      allInOneWindow = true;
    }

    private void grow() {
      keys = Arrays.copyOf(keys, 2 * size);
      windows = Arrays.copyOf(windows, 2 * size);
      long[] old = slots;
      slots = new long[2 * old.length];
      for (long content : old) {
        if (content != 0) {
          slots[freeSlot((int) (content >>> 32))] = content;
        }
      }
    }

    private int freeSlot(int hash) {
      int slot = hash & (slots.length - 1);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      return slot;
    }
  }
}
