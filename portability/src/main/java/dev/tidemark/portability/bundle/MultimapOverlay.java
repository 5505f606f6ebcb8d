package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Cells.MultimapCell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * What a bundle has changed of a multimap.
 *
 * <p>Owned by the lane.
 */
final class MultimapOverlay implements UserState.Overlay {
  private final Supplier<MultimapCell<byte[], byte[]>> cell;
  private final Map<ByteString, Values> changed = new LinkedHashMap<>();
  private boolean cleared;

  /** What was changed of one key. */
  private static final class Values {
    private final List<ByteString> appended = new ArrayList<>();
    private boolean cleared;
  }

  MultimapOverlay(Supplier<MultimapCell<byte[], byte[]>> cell) {
    this.cell = cell;
  }

  /** The keys that have values. */
  List<ByteString> keys() {
    Set<ByteString> keys = new LinkedHashSet<>();
    if (!cleared) {
      cell.get().keys().forEach(key -> keys.add(ByteString.copyFrom(key)));
    }
    changed.forEach(
        (key, values) -> {
          if (!values.appended.isEmpty()) {
            keys.add(key);
          } else if (values.cleared) {
            keys.remove(key);
          }
        });
    return new ArrayList<>(keys);
  }

  /** The values of a key. */
  List<ByteString> read(ByteString key) {
    List<ByteString> all = new ArrayList<>();
    Values values = changed.get(key);
    if (!cleared && (values == null || !values.cleared)) {
      cell.get().get(key.toByteArray()).forEach(value -> all.add(ByteString.copyFrom(value)));
    }
    if (values != null) {
      all.addAll(values.appended);
    }
    return all;
  }

  void append(ByteString key, ByteString blob) {
    changed.computeIfAbsent(key, any -> new Values()).appended.add(blob);
  }

  void clear(ByteString key) {
    Values values = changed.computeIfAbsent(key, any -> new Values());
    values.cleared = true;
    values.appended.clear();
  }

  void clear() {
    cleared = true;
    changed.clear();
  }

  @Override
  public void commit() {
    if (!cleared && changed.isEmpty()) {
      return;
    }
    MultimapCell<byte[], byte[]> multimap = cell.get();
    if (cleared) {
      multimap.clear();
    }
    changed.forEach(
        (key, values) -> {
          byte[] bytes = key.toByteArray();
          if (values.cleared) {
            multimap.remove(bytes);
          }
          values.appended.forEach(blob -> multimap.put(bytes, blob.toByteArray()));
        });
  }
}
