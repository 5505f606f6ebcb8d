package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import org.jspecify.annotations.Nullable;

/**
 * One hold; counted in the node's hold set from when it is written until it is cleared, whether or
 * not the cell is in memory.
 *
 * <p>Owned by the lane.
 */
final class HoldStateCell extends StateCell implements Cells.HoldCell {
  private boolean loaded;
  private @Nullable Long hold;

  HoldStateCell(KeyState owner, String namespace, String id) {
    super(owner, namespace, id);
    this.loaded = !durable();
  }

  /** Reads what {@link #flush} wrote. */
  static long parse(Bytes stored) {
    return new ByteReader(stored).readSigned();
  }

  @Override
  public @Nullable Long read() {
    if (!loaded) {
      loaded = true;
      Bytes stored = stored();
      if (stored != null) {
        hold = parse(stored);
        weigh(stored.length());
      }
    }
    return hold;
  }

  @Override
  public void write(long timestampMillis) {
    replace(timestampMillis);
  }

  @Override
  public void clear() {
    replace(null);
  }

  @Override
  public boolean isEmpty() {
    return read() == null;
  }

  @Override
  StateTable table() {
    return StateTable.HOLD;
  }

  @Override
  void flush() {
    if (hold == null) {
      chain().delete(storeKey());
      weigh(0);
    } else {
      ByteWriter out = new ByteWriter();
      out.writeSigned(hold);
      chain().put(storeKey(), out.toBytes());
      weigh(out.size());
    }
  }

  @Override
  boolean droppable() {
    return hold == null;
  }

  private void replace(@Nullable Long next) {
    Long before = read();
    if (next == null ? before == null : next.equals(before)) {
      return;
    }
    if (before != null) {
      storage().holds().remove(before);
    }
    if (next != null) {
      storage().holds().add(next);
    }
    hold = next;
    changed();
  }
}
