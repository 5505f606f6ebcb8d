package dev.tidemark.benchmarks.workloads;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What the elements of all workloads are made of, and what their checksums are: pure functions, the
 * same for runners and for programs by hand, and cheap beside the work.
 */
final class Elements {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MILLIS = 1_000;

  /** How long the windows are, in event time. */
  static final long WINDOW_MILLIS = 1_000;

  private Elements() {}

  /** The finalizer of splitmix64: neighbours come to lie far from each other. */
  static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The key of an element, as good as random, below {@code keys}, which is below 2^31. */
  static long key(long index, long keys) {
    return ((mix(index) >>> 32) * keys) >>> 32;
  }

  /** A number for an element, not related to its key. */
  static long number(long index) {
    return index % 1_000;
  }

  /** So many bytes for an element, 8 or more, which cannot be compressed. */
  static byte[] bytes(long index, int size) {
    byte[] bytes = new byte[size];
    long word = mix(~index);
    int at = 0;
    for (; at <= size - Long.BYTES; at += Long.BYTES) {
      LONGS.set(bytes, at, word);
      word = word * 0x5851F42D4C957F2DL + 1;
    }
    for (; at < size; at++) {
      bytes[at] = (byte) word;
    }
    return bytes;
  }

  /** The event time of an element in milliseconds, if so many come in a second. */
  static long millis(long index, long perSecond) {
    return index * MILLIS / perSecond;
  }

  /** What an element of a result adds to the checksum. */
  static long hash(long key, long value) {
    return mix(key ^ mix(value));
  }

  /** Of what is made by {@link #bytes}. */
  static long hash(long key, byte[] value) {
    return hash(
        key, (long) LONGS.get(value, 0) ^ (long) LONGS.get(value, value.length - Long.BYTES));
  }

  /** Of a word and how often it occurs. */
  static long hash(String word, long count) {
    return hash(word.hashCode(), count);
  }

  /** What a key stands for in the checksum, of a window that ends with this millisecond. */
  static long keyInWindow(long key, long lastMillis) {
    return hash(key, lastMillis);
  }

  /** What is known of a key, in joins. */
  static long factor(long key) {
    return key + 7;
  }

  /** One step of ten, {@code number} is 0 to 9: some ten nanoseconds of work. */
  static long step(int number, long value) {
    return mix(mix(mix(value + number)));
  }

  /** Calls {@code words} with each run of letters of a line, in lower case. */
  static void words(String line, Consumer<String> words) {
    int start = -1;
    int length = line.length();
    for (int at = 0; at < length; at++) {
      if (Character.isLetter(line.charAt(at))) {
        if (start < 0) {
          start = at;
        }
      } else if (start >= 0) {
        words.accept(line.substring(start, at).toLowerCase(Locale.ROOT));
        start = -1;
      }
    }
    if (start >= 0) {
      words.accept(line.substring(start).toLowerCase(Locale.ROOT));
    }
  }
}
