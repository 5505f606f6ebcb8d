package dev.tidemark.runner.source;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.Timestamps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.jspecify.annotations.Nullable;

/**
 * The splits of one lane in the cells of their source: each split, serialized, with the number of
 * all; and its last checkpoint mark, by the source's own coder, with its watermark. Each under the
 * key that also says which lane reads it.
 *
 * <p>Owned by the lane.
 */
final class StoredSplits {
  private static final String SPLIT_CELL = "split";
  private static final String MARK_CELL = "mark";
  private static final String WATERMARK_CELL = "watermark";

  private final SourceContext context;
  private final KeyedCells cells;
  private final SerializedSources serialized;
  private final Set<Integer> written = new HashSet<>();

  StoredSplits(SourceContext context, KeyedCells cells) {
    this.context = context;
    this.cells = cells;
    this.serialized = new SerializedSources(context.node().fullName(), context.classLoader());
  }

  /** The splits in the cells, each with its last mark. */
  List<Split> restore() throws IOException {
    List<Key> keys = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    cells.forEachValue(
        SPLIT_CELL,
        (key, namespace) -> {
          keys.add(key);
          indexes.add(Integer.valueOf(namespace));
        });
    List<Split> splits = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      splits.add(read(cells.forKey(keys.get(i)), indexes.get(i)));
      written.add(indexes.get(i));
    }
    return splits;
  }

  @SuppressWarnings("unchecked") // elements and marks are opaque here
  private Split read(Cells ofKey, int index) throws IOException {
    String namespace = Integer.toString(index);
    byte[] stored = ofKey.value(namespace, SPLIT_CELL, ByteArrayCoder.of()).read();
    if (stored == null) {
      throw new IllegalStateException("split " + index + " is not in the source's cells");
    }
    ByteInput in = new ByteInput().reset(stored, 0, stored.length);
    int count = VarIntCoder.of().decode(in);
    UnboundedSource<Object, CheckpointMark> source =
        serialized.decode(ByteArrayCoder.of().decode(in), UnboundedSource.class);
    byte[] mark = ofKey.value(namespace, MARK_CELL, ByteArrayCoder.of()).read();
    Long watermark = ofKey.value(namespace, WATERMARK_CELL, BigEndianLongCoder.of()).read();
    return new Split(
        index,
        count,
        source,
        mark == null ? null : markCoder(source).decode(new ByteInput().reset(mark, 0, mark.length)),
        watermark == null ? Timestamps.MIN : watermark);
  }

  /**
   * Writes down how far a split was read.
   *
   * @param last the last slice that was emitted; null if there is no newer one than before
   */
  void save(Split split, @Nullable Slice last) throws IOException {
    Cells ofKey = cells.forKey(LaneKeys.ofPart(context.keyGroups(), split.index(), split.count()));
    String namespace = Integer.toString(split.index());
    if (written.add(split.index())) {
      ByteOutput out = new ByteOutput();
      VarIntCoder.of().encode(split.count(), out);
      ByteArrayCoder.of().encode(serialized.encode(split.source()), out);
      ofKey.value(namespace, SPLIT_CELL, ByteArrayCoder.of()).write(out.toByteArray());
    }
    if (last != null) {
      ByteOutput out = new ByteOutput();
      markCoder(split.source()).encode(last.mark(), out);
      ofKey.value(namespace, MARK_CELL, ByteArrayCoder.of()).write(out.toByteArray());
      ofKey.value(namespace, WATERMARK_CELL, BigEndianLongCoder.of()).write(last.watermarkMillis());
    }
  }

  private Coder<CheckpointMark> markCoder(UnboundedSource<Object, CheckpointMark> source) {
    Coder<CheckpointMark> coder = source.getCheckpointMarkCoder();
    if (coder == null) {
      throw new IllegalStateException(
          context.node().fullName()
              + ": its source has no coder for checkpoint marks, so a job that keeps its state"
              + " cannot go on from them; run it without a state directory");
    }
    return coder;
  }
}
