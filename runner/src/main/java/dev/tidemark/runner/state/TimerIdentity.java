package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.Arrays;
import org.apache.beam.sdk.state.TimeDomain;

/**
 * Which timer of a node: setting one of the same identity replaces it.
 *
 * <p>Immutable.
 */
record TimerIdentity(Key key, String namespace, String family, String id, TimeDomain domain)
    implements Comparable<TimerIdentity> {

  static TimerIdentity of(TimerRecord timer) {
    return new TimerIdentity(
        timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
  }

  /** A timer of this identity, with the key that this one has. */
  TimerRecord at(long timestampMillis, long outputTimestampMillis) {
    return new TimerRecord(
        key, namespace, family, id, domain, timestampMillis, outputTimestampMillis);
  }

  @Override
  public int hashCode() {
    int hash = key.hashCode();
    hash = 31 * hash + namespace.hashCode();
    hash = 31 * hash + family.hashCode();
    return 31 * hash + id.hashCode();
  }

  /**
   * The order in which timers of one timestamp and domain fire: that of their rows in the {@link
   * TimerIndex}.
   */
  @Override
  public int compareTo(TimerIdentity other) {
    int order = Arrays.compareUnsigned(key.encoded(), other.key.encoded());
    if (order == 0) {
      order = compare(namespace, other.namespace);
    }
    if (order == 0) {
      order = compare(family, other.family);
    }
    if (order == 0) {
      order = compare(id, other.id);
    }
    return order == 0 ? domain.compareTo(other.domain) : order;
  }

  /** Compares as the UTF-8 bytes do, by code points; {@code String} compares halves of them. */
  private static int compare(String left, String right) {
    int end = Math.min(left.length(), right.length());
    for (int i = 0; i < end; i++) {
      char ofLeft = left.charAt(i);
      char ofRight = right.charAt(i);
      if (ofLeft != ofRight) {
        boolean surrogate = Character.isSurrogate(ofLeft);
        return surrogate == Character.isSurrogate(ofRight)
            ? Character.compare(ofLeft, ofRight)
            : surrogate ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
