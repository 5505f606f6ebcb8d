package dev.tidemark.portability.id;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Ids of 128 random bits: who has not been told one cannot guess it. Letters and digits only.
 *
 * <p>Thread-safe.
 */
public final class RandomIds {
  private final SecureRandom random = new SecureRandom();

  /** A new one. */
  public String next() {
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }
}
