package dev.tidemark.runner.source;

import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.stage.Cells.BagCell;
import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarIntCoder;

/**
 * The record ids that a lane has seen, in the cells of the source, for as long as {@link RecentIds}
 * remembers them: in bags of ten seconds each, which are dropped as a whole.
 *
 * <p>Owned by the lane.
 */
final class KeptIds {
  private static final String IDS_CELL = "ids";
  private static final String PERIOD_CELL = "idPeriod";
  private static final long PERIOD_MILLIS = 10_000;

  private final KeyedCells cells;
  private final Key laneKey;
  private final Clock clock;

  /** Which keys have ids of which period: also those that were other lanes' in an earlier run. */
  private final TreeMap<Long, Set<Key>> periods = new TreeMap<>();

  /** Keeps new ids under {@code laneKey}. */
  KeptIds(KeyedCells cells, Key laneKey, Clock clock) {
    this.cells = cells;
    this.laneKey = laneKey;
    this.clock = clock;
  }

  /** Finds what is in the cells, and tells it {@code ids}. */
  void restore(RecentIds ids) {
    cells.forEachValue(
        PERIOD_CELL,
        (key, period) ->
            periods.computeIfAbsent(Long.parseLong(period), any -> new LinkedHashSet<>()).add(key));
    periods.forEach(
        (period, keys) -> {
          for (Key key : keys) {
            for (byte[] id : bag(key, period).read()) {
              ids.restore(id, (period + 1) * PERIOD_MILLIS - 1);
            }
          }
        });
  }

  /** Keeps an id that was seen now. */
  void add(byte[] id) {
    long period = Math.floorDiv(clock.millis(), PERIOD_MILLIS);
    if (periods.computeIfAbsent(period, any -> new LinkedHashSet<>()).add(laneKey)) {
      marker(laneKey, period).write(1);
    }
    bag(laneKey, period).add(id);
  }

  /** Drops what is not remembered any more. */
  void forget() {
    long millis = clock.millis() - RecentIds.KEEP_MILLIS - PERIOD_MILLIS;
    while (!periods.isEmpty() && periods.firstKey() * PERIOD_MILLIS <= millis) {
      long period = periods.firstKey();
      for (Key key : periods.remove(period)) {
        bag(key, period).clear();
        marker(key, period).clear();
      }
    }
  }

  private BagCell<byte[]> bag(Key key, long period) {
    return cells.forKey(key).bag(Long.toString(period), IDS_CELL, ByteArrayCoder.of());
  }

  private ValueCell<Integer> marker(Key key, long period) {
    return cells.forKey(key).value(Long.toString(period), PERIOD_CELL, VarIntCoder.of());
  }
}
