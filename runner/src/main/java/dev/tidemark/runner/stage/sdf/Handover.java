package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Key;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The slices of one item on their way from its worker to the lane. What a call that found nothing
 * gave becomes one slice with what is there already, so that an item that waits for data goes on
 * however long the lane is busy, and nothing grows.
 *
 * <p>Thread-safe.
 */
final class Handover {
  /** With how many slices on their way the worker gives the item back. */
  private static final int RUN_AHEAD = 2;

  private final Key key;
  private final Consumer<Handover> arrived;
  private final ArrayDeque<ItemSlice> slices = new ArrayDeque<>();

  /**
   * Makes one.
   *
   * @param key the item's
   * @param arrived called once for each slice that can be {@link #take taken}, on the worker's
   *     thread
   */
  Handover(Key key, Consumer<Handover> arrived) {
    this.key = key;
    this.arrived = arrived;
  }

  Key key() {
    return key;
  }

  /**
   * Hands over a slice.
   *
   * @return whether the worker goes on with the item; only if the slice says that it would
   */
  boolean put(ItemSlice slice) {
    ItemSlice added;
    synchronized (this) {
      ItemSlice last = slices.peekLast();
      boolean joins = last != null && (last.idle() || slice.idle());
      ItemSlice joined = joins ? slices.removeLast().then(slice) : slice;
      added = slices.size() + 1 < RUN_AHEAD ? joined : joined.givenBack();
      slices.add(added);
      if (joins) {
        return added.continues();
      }
    }
    arrived.accept(this);
    return added.continues();
  }

  /** The next slice; each goes to one caller. */
  synchronized ItemSlice take() {
    ItemSlice slice = slices.poll();
    if (slice == null) {
      throw new IllegalStateException("taken before it has arrived");
    }
    return slice;
  }
}
