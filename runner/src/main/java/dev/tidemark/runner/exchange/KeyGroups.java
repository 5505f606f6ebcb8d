package dev.tidemark.runner.exchange;

/**
 * Maps keys to key groups and key groups to lanes.
 *
 * <p>The number of key groups is fixed for the life of a job's state; each lane owns a contiguous
 * range of them, so that a job can be resumed with another number of lanes.
 *
 * @param groups how many key groups there are, at least the number of lanes
 * @param lanes how many lanes there are
 */
public record KeyGroups(int groups, int lanes) {
  /** The number of key groups of a job that does not say otherwise. */
  public static final int DEFAULT_GROUPS = 128;

  public KeyGroups {
    if (lanes < 1 || groups < lanes) {
      throw new IllegalArgumentException(groups + " key groups for " + lanes + " lanes");
    }
  }

  /** The lane that owns the key with the given hash. */
  public int laneOf(int keyHash) {
    return (int) ((long) groupOf(keyHash) * lanes / groups);
  }

  /** The key group of the key with the given hash. */
  public int groupOf(int keyHash) {
    // Spares a division for each element where the number is a power of two, as the default is.
    return (groups & groups - 1) == 0 ? keyHash & groups - 1 : Math.floorMod(keyHash, groups);
  }

  /**
   * The hash of an encoded key: 32-bit MurmurHash3 (Appleby, 2011) with seed 0. Part of the storage
   * format.
   */
  public static int hash(byte[] bytes, int offset, int length) {
    int h = 0;
    int end = offset + (length & ~3);
    int i = offset;
    for (; i < end; i += 4) {
      int k =
          (bytes[i] & 0xff)
              | (bytes[i + 1] & 0xff) << 8
              | (bytes[i + 2] & 0xff) << 16
              | bytes[i + 3] << 24;
      h ^= mixBlock(k);
      h = Integer.rotateLeft(h, 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int shift = 0; i < offset + length; i++, shift += 8) {
      tail |= (bytes[i] & 0xff) << shift;
    }
    h ^= mixBlock(tail);
    h ^= length;
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    return h ^ (h >>> 16);
  }

  private static int mixBlock(int k) {
    return Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
  }
}
