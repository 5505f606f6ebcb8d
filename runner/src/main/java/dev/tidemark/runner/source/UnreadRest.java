package dev.tidemark.runner.source;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Cells.ValueCell;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TimestampedValue.TimestampedValueCoder;

/**
 * Elements that were read because their reader cannot be cut, but are to be emitted later: kept in
 * the cells of the source, in numbered chunks. Nothing is kept beside the cells.
 *
 * <p>Owned by the lane.
 */
final class UnreadRest {
  private static final String FIRST_CELL = "unreadFirst";
  private static final String END_CELL = "unreadEnd";
  private static final String CHUNK_CELL = "unread";
  private static final int CHUNK_BYTES = 1 << 14;

  private final Supplier<Cells> cells;
  private final Coder<TimestampedValue<Object>> coder;

  /** Finds what is already in the cells that {@code cells} hands out, anew in each call. */
  UnreadRest(Supplier<Cells> cells, Coder<Object> elementCoder) {
    this.cells = cells;
    this.coder = TimestampedValueCoder.of(elementCoder);
  }

  boolean isEmpty() {
    return number(FIRST_CELL) == number(END_CELL);
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
    long number = number(END_CELL);
    chunk(number).write(chunk.toByteArray());
    numberCell(END_CELL).write(number + 1);
    chunk.truncate(0);
  }

  /** Removes the oldest chunk; returns its elements in the order in which they were added. */
  List<TimestampedValue<Object>> removeChunk() throws IOException {
    long number = number(FIRST_CELL);
    byte[] bytes = chunk(number).read();
    if (bytes == null) {
      throw new IllegalStateException("chunk " + number + " is not in the source's cells");
    }
    chunk(number).clear();
    numberCell(FIRST_CELL).write(number + 1);
    List<TimestampedValue<Object>> elements = new ArrayList<>();
    ByteInput in = new ByteInput().reset(bytes, 0, bytes.length);
    while (in.available() > 0) {
      elements.add(coder.decode(in));
    }
    return elements;
  }

  private long number(String id) {
    Long number = numberCell(id).read();
    return number == null ? 0 : number;
  }

  private ValueCell<Long> numberCell(String id) {
    return cells.get().value("", id, BigEndianLongCoder.of());
  }

  private ValueCell<byte[]> chunk(long number) {
    return cells.get().value(Long.toString(number), CHUNK_CELL, ByteArrayCoder.of());
  }
}
