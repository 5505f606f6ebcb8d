package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.sdf.ItemCells;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.io.BoundedSource;

/**
 * What is left of a bounded source in the cells of the source, serialized: each lane keeps the
 * pieces that it made.
 *
 * <p>Owned by the lane.
 */
final class StoredPieces {
  private static final String PIECE_CELL = "piece";
  private static final String SPLIT_CELL = "wasSplit";

  private final KeyedCells cells;
  private final Key laneKey;
  private final SerializedSources serialized;
  private final ItemCells<byte[]> items;
  private final Map<BoundedSource<Object>, Key> keys = new IdentityHashMap<>();

  StoredPieces(SourceContext context, KeyedCells cells, int lane) {
    this.cells = cells;
    this.laneKey = LaneKeys.ownedBy(context.keyGroups(), lane);
    this.serialized = new SerializedSources(context.node().fullName(), context.classLoader());
    this.items = new ItemCells<>(cells, PIECE_CELL, ByteArrayCoder.of());
  }

  /** Whether the cells of this lane say that the source was split. */
  boolean wasSplit() {
    boolean[] found = new boolean[1];
    cells.forEachValue(SPLIT_CELL, (key, namespace) -> found[0] = true);
    return found[0];
  }

  /** The pieces in the cells of this lane. */
  @SuppressWarnings("unchecked") // elements are opaque here
  List<BoundedSource<Object>> restore() {
    List<BoundedSource<Object>> pieces = new ArrayList<>();
    for (Map.Entry<Key, byte[]> item : items.snapshot()) {
      BoundedSource<Object> piece = serialized.decode(item.getValue(), BoundedSource.class);
      keys.put(piece, item.getKey());
      pieces.add(piece);
    }
    return pieces;
  }

  /** Has the cells hold {@code remaining}, the pieces of this lane that nobody has begun. */
  void save(Set<BoundedSource<Object>> remaining) {
    ValueCell<Boolean> wasSplit = cells.forKey(laneKey).value("", SPLIT_CELL, BooleanCoder.of());
    if (wasSplit.isEmpty()) {
      wasSplit.write(true);
    }
    keys.entrySet()
        .removeIf(
            piece -> {
              boolean gone = !remaining.contains(piece.getKey());
              if (gone) {
                items.remove(piece.getValue());
              }
              return gone;
            });
    for (BoundedSource<Object> piece : remaining) {
      if (!keys.containsKey(piece)) {
        keys.put(piece, items.add(serialized.encode(piece)));
      }
    }
  }
}
