package dev.tidemark.portability.grpc;

import java.util.Random;

/**
 * Messages as their senders wrote them, with bits flipped, parts cut out or put in twice; a fourth
 * of them unchanged.
 *
 * @param random decides where
 */
public record Mutations(Random random) {
  private static final int MOST_CHANGES = 3;

  /** {@code bytes}, which stay as they are, changed a few times. */
  public byte[] of(byte[] bytes) {
    byte[] changed = bytes.clone();
    int changes = random.nextInt(MOST_CHANGES + 1);
    for (int i = 0; i < changes && changed.length > 0; i++) {
      int at = random.nextInt(changed.length);
      int length = random.nextInt(changed.length - at + 1);
      changed =
          switch (random.nextInt(3)) {
            case 0 -> flipped(changed, at);
            case 1 -> joined(changed, at, at + length);
            default -> joined(changed, at + length, at);
          };
    }
    return changed;
  }

  private byte[] flipped(byte[] bytes, int at) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  /** What is before {@code to}, and what is from {@code again} on. */
  private static byte[] joined(byte[] bytes, int to, int again) {
    byte[] result = new byte[to + bytes.length - again];
    System.arraycopy(bytes, 0, result, 0, to);
    System.arraycopy(bytes, again, result, to, bytes.length - again);
    return result;
  }
}
