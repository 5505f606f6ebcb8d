package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Cells.OrderedListCell;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.OrderedListRange;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;

/**
 * What a bundle has changed of an ordered list. An entry travels as a varint, its time, and the
 * value with its length before it.
 *
 * <p>Owned by the lane.
 */
final class OrderedListOverlay implements UserState.Overlay {
  private final Supplier<OrderedListCell<byte[]>> cell;
  private final List<OrderedListRange> cleared = new ArrayList<>();
  private final TreeMap<Long, List<byte[]>> added = new TreeMap<>();

  OrderedListOverlay(Supplier<OrderedListCell<byte[]>> cell) {
    this.cell = cell;
  }

  /** The entries in a range, in their order. */
  List<ByteString> read(OrderedListRange range) {
    TreeMap<Long, List<byte[]>> entries = new TreeMap<>();
    for (TimestampedValue<byte[]> before : cell.get().readRange(range.getStart(), range.getEnd())) {
      long time = before.getTimestamp().getMillis();
      if (cleared.stream().noneMatch(gone -> gone.getStart() <= time && time < gone.getEnd())) {
        entries.computeIfAbsent(time, any -> new ArrayList<>()).add(before.getValue());
      }
    }
    added
        .subMap(range.getStart(), Math.max(range.getStart(), range.getEnd()))
        .forEach(
            (time, values) ->
                entries.computeIfAbsent(time, any -> new ArrayList<>()).addAll(values));
    List<ByteString> encoded = new ArrayList<>();
    entries.forEach((time, values) -> values.forEach(value -> encoded.add(encode(time, value))));
    return encoded;
  }

  private static ByteString encode(long time, byte[] value) {
    try {
      ByteString.Output out = ByteString.newOutput(value.length + 16);
      VarInt.encode(time, out);
      ByteArrayCoder.of().encode(value, out);
      return out.toByteString();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /** Adds entries. */
  void append(ByteString entries) {
    try (InputStream in = entries.newInput()) {
      while (in.available() > 0) {
        long time = VarInt.decodeLong(in);
        added.computeIfAbsent(time, any -> new ArrayList<>()).add(ByteArrayCoder.of().decode(in));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the entries of an ordered list cannot be read", e);
    }
  }

  /** Removes a range. */
  void clear(OrderedListRange range) {
    if (range.getStart() < range.getEnd()) {
      cleared.add(range);
      added.subMap(range.getStart(), range.getEnd()).clear();
    }
  }

  @Override
  public void commit() {
    if (cleared.isEmpty() && added.isEmpty()) {
      return;
    }
    OrderedListCell<byte[]> list = cell.get();
    cleared.forEach(range -> list.clearRange(range.getStart(), range.getEnd()));
    added.forEach(
        (time, values) ->
            values.forEach(
                value -> list.add(TimestampedValue.of(value, Instant.ofEpochMilli(time)))));
  }
}
