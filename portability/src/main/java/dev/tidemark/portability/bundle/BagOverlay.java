package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Cells.BagCell;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;

/**
 * What a bundle has changed of a bag.
 *
 * <p>Owned by the lane.
 */
final class BagOverlay implements UserState.Overlay {
  private final Supplier<BagCell<byte[]>> cell;
  private final List<ByteString> appended = new ArrayList<>();
  private boolean cleared;

  BagOverlay(Supplier<BagCell<byte[]>> cell) {
    this.cell = cell;
  }

  /** What the bundle sees. */
  Iterable<ByteString> read() {
    if (cleared) {
      return appended;
    }
    Iterable<byte[]> before = cell.get().read();
    return () -> new Chained(before.iterator(), appended.iterator());
  }

  void append(ByteString blob) {
    appended.add(blob);
  }

  void clear() {
    cleared = true;
    appended.clear();
  }

  @Override
  public void commit() {
    if (!cleared && appended.isEmpty()) {
      return;
    }
    BagCell<byte[]> bag = cell.get();
    if (cleared) {
      bag.clear();
    }
    appended.forEach(blob -> bag.add(blob.toByteArray()));
  }

  /** What was there before, then what was appended. */
  private record Chained(Iterator<byte[]> before, Iterator<ByteString> appended)
      implements Iterator<ByteString> {
    @Override
    public boolean hasNext() {
      return before.hasNext() || appended.hasNext();
    }

    @Override
    public ByteString next() {
      return before.hasNext() ? UnsafeByteOperations.unsafeWrap(before.next()) : appended.next();
    }
  }
}
