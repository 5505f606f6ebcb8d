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
  private static final int SLOTS = 1 << 12;
  private static final int LONGEST = 64;

  private final SegmentCoder segment;
  private final @Nullable Key[] slots = new @Nullable Key[SLOTS];
  private @Nullable Key last;

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
    Key known = last;
    if (known != null && isAt(known, page, from, length, hash)) {
      return known;
    }
    // The upper half; the key groups of a lane share something of the lower one.
    int slot = hash >>> Integer.SIZE / 2 & SLOTS - 1;
    if (length <= LONGEST) {
      known = slots[slot];
      if (known == null || !isAt(known, page, from, length, hash)) {
        known = decode(page, from, length, hash);
        slots[slot] = known;
      }
    } else {
      known = decode(page, from, length, hash);
    }
    last = known;
    return known;
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
}
