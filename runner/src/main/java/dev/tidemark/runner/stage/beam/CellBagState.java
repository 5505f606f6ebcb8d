package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.BagCell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/**
 * Bag state over a bag cell. What {@link #read} gave stays readable after the bag is cleared, which
 * users rely on; it is copied only then.
 *
 * <p>Owned by the lane.
 */
final class CellBagState<T extends @Nullable Object> implements BagState<T> {
  private final BagCell<T> cell;
  private @Nullable View<T> handedOut;

  CellBagState(BagCell<T> cell) {
    this.cell = cell;
  }

  @Override
  public Iterable<T> read() {
    if (handedOut == null || handedOut.copied()) {
      handedOut = new View<>(cell.read());
    }
    return handedOut;
  }

  @Override
  public void add(T value) {
    cell.add(value);
  }

  @Override
  public void clear() {
    if (handedOut != null) {
      handedOut.copy();
      handedOut = null;
    }
    cell.clear();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(cell::isEmpty);
  }

  @Override
  public BagState<T> readLater() {
    return this;
  }

  /** The contents of a bag: as they are now, until they are copied. */
  static final class View<T extends @Nullable Object> implements Iterable<T> {
    private final Iterable<T> live;
    private @Nullable List<T> copy;

    View(Iterable<T> live) {
      this.live = live;
    }

    boolean copied() {
      return copy != null;
    }

    /** Keeps the present contents, whatever becomes of the bag, and gives them. */
    List<T> copy() {
      if (copy == null) {
        List<T> values = new ArrayList<>();
        live.forEach(values::add);
        copy = Collections.unmodifiableList(values);
      }
      return copy;
    }

    @Override
    public Iterator<T> iterator() {
      return copy == null ? live.iterator() : copy.iterator();
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("[");
      for (T value : this) {
        text.append(text.length() == 1 ? "" : ", ").append(value);
      }
      return text.append(']').toString();
    }
  }
}
