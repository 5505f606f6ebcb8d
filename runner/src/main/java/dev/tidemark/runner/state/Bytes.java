package dev.tidemark.runner.state;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * A byte string, ordered as unsigned bytes.
 *
 * <p>Immutable, as long as nobody writes to the array it was made of.
 */
public final class Bytes implements Comparable<Bytes> {
  /** The empty byte string. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;
  private int hash;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** Wraps {@code array}, which is not copied and not to be changed any more. */
  public static Bytes of(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** The bytes; not copied, not to be changed. */
  public byte[] array() {
    return array;
  }

  /** How many bytes there are. */
  public int length() {
    return array.length;
  }

  /** Whether these bytes begin with {@code prefix}. */
  public boolean startsWith(Bytes prefix) {
    return array.length >= prefix.array.length
        && Arrays.equals(array, 0, prefix.array.length, prefix.array, 0, prefix.array.length);
  }

  /** Removes from {@code keys} all that begin with these bytes. */
  void removeExtensions(NavigableSet<Bytes> keys) {
    Iterator<Bytes> extensions = keys.tailSet(this, true).iterator();
    while (extensions.hasNext() && extensions.next().startsWith(this)) {
      extensions.remove();
    }
  }

  /**
   * Whether these bytes begin with one of {@code prefixes}, of which none begins with another: only
   * the greatest one up to these bytes can be it.
   */
  boolean isExtensionOfOne(NavigableSet<Bytes> prefixes) {
    if (prefixes.isEmpty()) {
      return false;
    }
    Bytes candidate = prefixes.floor(this);
    return candidate != null && startsWith(candidate);
  }

  /** These bytes followed by {@code suffix}. */
  public Bytes concat(Bytes suffix) {
    byte[] joined = Arrays.copyOf(array, array.length + suffix.array.length);
    System.arraycopy(suffix.array, 0, joined, array.length, suffix.array.length);
    return of(joined);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(array, other.array);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes that && Arrays.equals(array, that.array);
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = Arrays.hashCode(array);
    }
    return hash;
  }

  /** The bytes in hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(array);
  }
}
