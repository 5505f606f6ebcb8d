package dev.tidemark.runner.source;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TimestampedValue.TimestampedValueCoder;

/**
 * Elements that were read because their reader cannot be cut, but are to be emitted later: kept in
 * the cells of the source, in numbered chunks, new ones under the key of the lane. Beside the cells
 * is only known which keys have some.
 *
 * <p>Owned by the lane.
 */
final class UnreadRest {
  private static final String FIRST_CELL = "unreadFirst";
  private static final String END_CELL = "unreadEnd";
  private static final String CHUNK_CELL = "unread";
  private static final int CHUNK_BYTES = 1 << 14;

  private final KeyedCells cells;
  private final Key laneKey;
  private final Set<Key> keys = new LinkedHashSet<>();
  private final Coder<TimestampedValue<Object>> coder;

  /**
   * Knows of nothing in the cells yet, see {@link #restore}.
   *
   * @param laneKey under which this lane keeps what it adds
   */
  UnreadRest(KeyedCells cells, Key laneKey, Coder<Object> elementCoder) {
    this.cells = cells;
    this.laneKey = laneKey;
    this.coder = TimestampedValueCoder.of(elementCoder);
  }

  /** Finds what is in the cells, also under keys that were other lanes' in an earlier run. */
  void restore() {
    cells.forEachValue(END_CELL, (key, namespace) -> keys.add(key));
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Adds all that {@code reader} has left. */
  void addAll(BoundedPieceReader reader) throws IOException {
    ByteOutput chunk = new ByteOutput();
    while (reader.next()) {
      coder.encode(TimestampedValue.of(reader.current(), reader.currentTimestamp()), chunk);
      if (chunk.size() >= CHUNK_BYTES) {
        add(chunk);
      }
    }
    if (chunk.size() > 0) {
      add(chunk);
    }
  }

  private void add(ByteOutput chunk) {
    long number = number(laneKey, END_CELL);
    chunk(laneKey, number).write(chunk.toByteArray());
    numberCell(laneKey, END_CELL).write(number + 1);
    keys.add(laneKey);
    chunk.truncate(0);
  }

  /** Removes the oldest chunk of a key; returns its elements in the order of their addition. */
  List<TimestampedValue<Object>> removeChunk() throws IOException {
    Key key = keys.iterator().next();
    long number = number(key, FIRST_CELL);
    byte[] bytes = chunk(key, number).read();
    if (bytes == null) {
      throw new IllegalStateException("chunk " + number + " is not in the source's cells");
    }
    chunk(key, number).clear();
    numberCell(key, FIRST_CELL).write(number + 1);
    if (number(key, FIRST_CELL) == number(key, END_CELL)) {
      numberCell(key, FIRST_CELL).clear();
      numberCell(key, END_CELL).clear();
      keys.remove(key);
    }
    List<TimestampedValue<Object>> elements = new ArrayList<>();
    ByteInput in = new ByteInput().reset(bytes, 0, bytes.length);
    while (in.available() > 0) {
      elements.add(coder.decode(in));
    }
    return elements;
  }

  private long number(Key key, String id) {
    Long number = numberCell(key, id).read();
    return number == null ? 0 : number;
  }

  private ValueCell<Long> numberCell(Key key, String id) {
    return cells.forKey(key).value("", id, BigEndianLongCoder.of());
  }

  private ValueCell<byte[]> chunk(Key key, long number) {
    return cells.forKey(key).value(Long.toString(number), CHUNK_CELL, ByteArrayCoder.of());
  }
}
