package dev.tidemark.runner.stage;

import dev.tidemark.runner.exchange.KeyGroups;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One key: as the key coder encodes it (outer context), which is its identity, and decoded.
 *
 * <p>Immutable; nobody writes to {@link #encoded()}.
 */
public final class Key {
  private final byte[] encoded;
  private final @Nullable Object decoded;
  private final int hash;

  /**
   * Makes a key.
   *
   * @param encoded the key's encoding, not copied
   * @param decoded the key itself; null if the user's key is null
   */
  public Key(byte[] encoded, @Nullable Object decoded) {
    this(encoded, decoded, KeyGroups.hash(encoded, 0, encoded.length));
  }

  /**
   * Makes a key whose hash is known.
   *
   * @param encoded the key's encoding, not copied
   * @param decoded the key itself; null if the user's key is null
   * @param hash what {@link KeyGroups#hash} makes of the encoding
   */
  public Key(byte[] encoded, @Nullable Object decoded, int hash) {
    this.encoded = encoded;
    this.decoded = decoded;
    this.hash = hash;
  }

  /** The encoding; not to be changed. */
  public byte[] encoded() {
    return encoded;
  }

  /** The user's key. */
  public @Nullable Object decoded() {
    return decoded;
  }

  /** The hash that decides the key group, see {@link KeyGroups}. */
  public int keyHash() {
    return hash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Key that && hash == that.hash && Arrays.equals(encoded, that.encoded));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return String.valueOf(decoded);
  }
}
