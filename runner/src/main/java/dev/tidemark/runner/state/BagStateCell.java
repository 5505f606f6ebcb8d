package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A bag; adding to it neither reads nor rewrites what is stored.
 *
 * <p>Owned by the lane.
 */
final class BagStateCell<T extends @Nullable Object> extends StateCell implements Cells.BagCell<T> {
  private final AppendLog<T> log;

  BagStateCell(KeyState owner, String namespace, String id, Coder<T> coder) {
    super(owner, namespace, id);
    this.log = new AppendLog<>(this, coder, !durable());
  }

  @Override
  public void add(T value) {
    log.add(value);
    changed();
  }

  @Override
  public Iterable<T> read() {
    load();
    return log.readLoaded();
  }

  @Override
  public void clear() {
    log.clear();
    weigh(0);
    changed();
  }

  @Override
  public boolean isEmpty() {
    if (log.nothingInMemory()) {
      load();
    }
    return log.nothingInMemory();
  }

  @Override
  StateTable table() {
    return StateTable.BAG;
  }

  @Override
  void flush() {
    log.flush(storeKey());
  }

  @Override
  boolean droppable() {
    return log.nothingInMemory();
  }

  private void load() {
    if (!log.isLoaded()) {
      log.load(storeKey());
    }
  }
}
