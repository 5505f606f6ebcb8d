package dev.tidemark.runner.exchange;

import java.util.Arrays;

/**
 * A record with a key in a page, and the order by the key: by its hash, then by its bytes.
 *
 * @param page holds it
 * @param index which of the page's records it is
 */
record KeyedRecord(RecordBatch page, int index) {

  /** Compares this record's key with that of another one. */
  int compareKey(KeyedRecord other) {
    int hashes = Integer.compare(hash(), other.hash());
    if (hashes != 0) {
      return hashes;
    }
    int offset = other.page.keyOffset(other.index);
    return compareBytes(other.page.payload(), offset, offset + other.page.keyLength(other.index));
  }

  /** Compares this record's key with one that has this hash and these bytes. */
  int compareKey(int hash, byte[] key) {
    int hashes = Integer.compare(hash(), hash);
    return hashes != 0 ? hashes : compareBytes(key, 0, key.length);
  }

  int hash() {
    return page.keyHash(index);
  }

  /** Appends a copy to a page under construction. */
  void copyTo(PageBuilder builder) {
    builder.output().write(page.payload(), page.keyOffset(index), page.keyLength(index));
    builder.endKey();
    builder.output().write(page.payload(), page.valueOffset(index), page.valueLength(index));
    builder.endElement(0, hash(), PageSorter.NO_FRAME);
  }

  private int compareBytes(byte[] bytes, int from, int to) {
    int offset = page.keyOffset(index);
    return Arrays.compareUnsigned(
        page.payload(), offset, offset + page.keyLength(index), bytes, from, to);
  }
}
