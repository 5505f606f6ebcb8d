package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A bundle that is being filled, and what is to be known of its input when it is done.
 *
 * <p>Owned by the lane.
 */
final class OpenBundle {
  private final HarnessBundle bundle;
  private final HarnessPlan plan;
  private final long startNanos = System.nanoTime();
  private final Set<Key> keys;
  private final Set<HarnessTimers.Id> drained = new HashSet<>();
  private final List<KeyWindow> expired = new ArrayList<>();
  private final List<KeyWindow> timed = new ArrayList<>();
  private final List<Restrictions.Sent> restrictions = new ArrayList<>();
  private final List<BundleItem> items = new ArrayList<>();
  private long hold = Timestamps.MAX;

  /** A window of a key. */
  record KeyWindow(Key key, String namespace) {}

  /** An empty one, which is to note its keys in {@code keys}. */
  OpenBundle(HarnessBundle bundle, HarnessPlan plan, Set<Key> keys) {
    this.bundle = bundle;
    this.plan = plan;
    this.keys = keys;
  }

  HarnessBundle bundle() {
    return bundle;
  }

  /** What runs. */
  HarnessPlan plan() {
    return plan;
  }

  /** How long ago it began. */
  long ageNanos() {
    return System.nanoTime() - startNanos;
  }

  /** The keys of which it holds something; only where the node has keys. */
  Set<Key> keys() {
    return keys;
  }

  /** The timers in it that fire because of a drain. */
  Set<HarnessTimers.Id> drained() {
    return drained;
  }

  /** Over whose expiry the function is called: what is to be forgotten when it is done. */
  List<KeyWindow> expired() {
    return expired;
  }

  /** Whose timers in processing time are called in it. */
  List<KeyWindow> timed() {
    return timed;
  }

  /** The restrictions in it, in the order in which they were added. */
  List<Restrictions.Sent> restrictions() {
    return restrictions;
  }

  /** What is in it one by one; only where the job leaves out elements that fail. */
  List<BundleItem> items() {
    return items;
  }

  /** Takes note that nothing before this time, in milliseconds, is emitted for an element. */
  void hold(long millis) {
    hold = Math.min(hold, millis);
  }

  /** The lowest timestamp, in milliseconds, that may be emitted. */
  long hold() {
    return hold;
  }
}
