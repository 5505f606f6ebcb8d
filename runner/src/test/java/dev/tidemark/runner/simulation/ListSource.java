package dev.tidemark.runner.simulation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded source of a list, in as many splits as the runner asks for: in the order of event
 * time, with a watermark that never lies, so that nothing is late.
 */
final class ListSource extends UnboundedSource<KV<Integer, Integer>, ListSource.Position> {
  private static final long serialVersionUID = 1L;

  /** An element that Java can serialize. */
  private record Item(int key, int value, long timeMillis) implements Serializable {}

  /** How many elements of a split have been read. */
  record Position(int read) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  private final ArrayList<Item> items;

  private ListSource(ArrayList<Item> items) {
    this.items = items;
  }

  static ListSource of(Timeline timeline) {
    ArrayList<Item> items = new ArrayList<>();
    for (Timeline.Event event : timeline.events()) {
      if (event instanceof Timeline.Elements elements) {
        for (Timeline.Element element : elements.elements()) {
          KeyedValue content = element.content();
          items.add(new Item(content.key(), content.value(), element.timeMillis()));
        }
      }
    }
    items.sort(Comparator.comparingLong(Item::timeMillis));
    return new ListSource(items);
  }

  @Override
  public List<ListSource> split(int desiredSplits, PipelineOptions options) {
    List<ListSource> splits = new ArrayList<>();
    for (int split = 0; split < Math.max(1, desiredSplits); split++) {
      splits.add(new ListSource(new ArrayList<>()));
    }
    for (int i = 0; i < items.size(); i++) {
      splits.get(i % splits.size()).items.add(items.get(i));
    }
    return splits;
  }

  @Override
  public UnboundedReader<KV<Integer, Integer>> createReader(
      PipelineOptions options, @Nullable Position position) {
    return new Reader(this, position == null ? 0 : position.read());
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return SerializableCoder.of(Position.class);
  }

  @Override
  public Coder<KV<Integer, Integer>> getOutputCoder() {
    return BeamPipeline.PAIR;
  }

  private static final class Reader extends UnboundedReader<KV<Integer, Integer>> {
    private final ListSource source;
    private int read;
    private @Nullable Item current;

    Reader(ListSource source, int read) {
      this.source = source;
      this.read = read;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (read == source.items.size()) {
        current = null;
        return false;
      }
      current = source.items.get(read++);
      return true;
    }

    private Item item() {
      if (current == null) {
        throw new NoSuchElementException("The reader is not at an element.");
      }
      return current;
    }

    @Override
    public KV<Integer, Integer> getCurrent() {
      return KV.of(item().key(), item().value());
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(item().timeMillis());
    }

    @Override
    public Instant getWatermark() {
      return read == source.items.size()
          ? BoundedWindow.TIMESTAMP_MAX_VALUE
          : Instant.ofEpochMilli(source.items.get(read).timeMillis());
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Position(read);
    }

    @Override
    public UnboundedSource<KV<Integer, Integer>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
