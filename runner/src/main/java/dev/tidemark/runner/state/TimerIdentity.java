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

  @Override
  public int hashCode() {
    int hash = key.hashCode();
    hash = 31 * hash + namespace.hashCode();
    hash = 31 * hash + family.hashCode();
    return 31 * hash + id.hashCode();
  }

  /** The order in which timers of one timestamp and domain fire. */
  @Override
  public int compareTo(TimerIdentity other) {
    int order = Arrays.compareUnsigned(key.encoded(), other.key.encoded());
    if (order == 0) {
      order = namespace.compareTo(other.namespace);
    }
    if (order == 0) {
      order = family.compareTo(other.family);
    }
    if (order == 0) {
      order = id.compareTo(other.id);
    }
    return order == 0 ? domain.compareTo(other.domain) : order;
  }
}
