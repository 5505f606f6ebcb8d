package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * One value, read at the first use and written whole.
 *
 * <p>Numbers are kept as such: a new object in an old one at each change would keep the garbage
 * collector busy with remembering it.
 *
 * <p>Owned by the lane.
 */
final class ValueStateCell<T extends @Nullable Object> extends StateCell
    implements Cells.ValueCell<T> {
  private final Coder<T> coder;
  private boolean loaded;
  private boolean present;
  private @Nullable T value;

  /** Where the value is a {@code Long}: {@link #value} is null then. */
  private boolean isLong;

  private long number;

  ValueStateCell(KeyState owner, String namespace, String id, Coder<T> coder) {
    super(owner, namespace, id);
    this.coder = coder;
    this.loaded = !durable();
  }

  @Override
  public @Nullable T read() {
    load();
    return value();
  }

  @SuppressWarnings("unchecked") // it was a value of this type
  private @Nullable T value() {
    return isLong ? (T) Long.valueOf(number) : value;
  }

  private void set(@Nullable T newValue) {
    if (newValue instanceof Long newNumber) {
      number = newNumber;
      isLong = true;
      newValue = null;
    } else {
      isLong = false;
    }
    if (value != newValue) {
      value = newValue;
    }
  }

  @Override
  public void write(T newValue) {
    loaded = true;
    present = true;
    set(newValue);
    changed();
  }

  @Override
  public void clear() {
    if (!loaded || present) {
      loaded = true;
      present = false;
      set(null);
      changed();
    }
  }

  @Override
  public boolean isEmpty() {
    load();
    return !present;
  }

  @Override
  StateTable table() {
    return StateTable.VALUE;
  }

  @Override
  void flush() {
    if (present) {
      ByteWriter out = new ByteWriter();
      encode(coder, value(), out);
      chain().put(storeKey(), out.toBytes());
      weigh(out.size());
    } else {
      chain().delete(storeKey());
      weigh(0);
    }
  }

  @Override
  boolean droppable() {
    return !present;
  }

  private void load() {
    if (!loaded) {
      loaded = true;
      Bytes stored = stored();
      if (stored != null) {
        present = true;
        set(decode(coder, new ByteReader(stored)));
        weigh(stored.length());
      }
    }
  }
}
