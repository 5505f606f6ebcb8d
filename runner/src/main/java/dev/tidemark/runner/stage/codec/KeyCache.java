package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the keys of pages. Short ones that come again after a while are the same objects, not
 * decoded anew.
 *
 * <p>Owned by the lane.
 */
final class KeyCache {
  private static final int FEWEST_SLOTS = 1 << 8;
  private static final int MOST_SLOTS = 1 << 14;
  private static final int LONGEST = 64;

  /** So many bytes can be compared as one number, with their count, without a look at the key. */
  private static final int PACKED = Long.BYTES - 1;

  private final SegmentCoder segment;
  private @Nullable Key[] slots = new @Nullable Key[FEWEST_SLOTS];
  private long[] packed = new long[FEWEST_SLOTS];
  private int shift = Integer.numberOfLeadingZeros(FEWEST_SLOTS - 1);
  private int decoded;

  /** Makes an empty one for keys that {@code segment} decodes. */
  KeyCache(SegmentCoder segment) {
    this.segment = segment;
  }

  /**
   * The key of an element.
   *
   * @throws CodingException if its coder fails
   */
  Key of(RecordBatch page, int element) {
    int from = page.keyOffset(element);
    int length = page.keyLength(element);
    int hash = page.keyHash(element);
    if (length > LONGEST) {
      return decode(page, from, length, hash);
    }
    int slot = slot(hash);
    long bits = length <= PACKED ? pack(page.payload(), from, length) : 0;
    Key known = slots[slot];
    if (known != null
        && (bits != 0 ? packed[slot] == bits : isAt(known, page, from, length, hash))) {
      return known;
    }
    Key fresh = decode(page, from, length, hash);
    if (++decoded > slots.length && slots.length < MOST_SLOTS) {
      grow();
      slot = slot(hash);
    }
    slots[slot] = fresh;
    packed[slot] = bits;
    return fresh;
  }

  /** By the upper bits: the key groups of a lane have something of the lower ones in common. */
  private int slot(int hash) {
    return hash >>> shift;
  }

  /** Not 0, and equal for equal keys only. */
  private static long pack(byte[] bytes, int from, int length) {
    long result = length + 1;
    for (int i = from; i < from + length; i++) {
      result = result << Byte.SIZE | bytes[i] & 0xff;
    }
    return result;
  }

  private static boolean isAt(Key key, RecordBatch page, int from, int length, int hash) {
    byte[] encoded = key.encoded();
    return key.keyHash() == hash
        && Arrays.equals(encoded, 0, encoded.length, page.payload(), from, from + length);
  }

  private Key decode(RecordBatch page, int from, int length, int hash) {
    byte[] encoded = Arrays.copyOfRange(page.payload(), from, from + length);
    return new Key(encoded, segment.decode(encoded, 0, length), hash);
  }

  private void grow() {
    @Nullable Key[] oldSlots = slots;
    long[] oldPacked = packed;
    slots = new @Nullable Key[2 * oldSlots.length];
    packed = new long[slots.length];
    shift--;
    decoded = 0;
    for (int i = 0; i < oldSlots.length; i++) {
      Key key = oldSlots[i];
      if (key != null) {
        int slot = slot(key.keyHash());
        slots[slot] = key;
        packed[slot] = oldPacked[i];
      }
    }
  }
}
