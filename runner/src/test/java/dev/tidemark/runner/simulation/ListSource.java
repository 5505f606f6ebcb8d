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
  private record Item(int key, int value, long timeMillis) implements Serializable {
    Timeline.Element element() {
      return new Timeline.Element(new KeyedValue(key, value), timeMillis);
    }
  }

  /** How many elements of a split have been read. */
  static final class Position implements CheckpointMark, Serializable {
    private static final long serialVersionUID = 1L;
    private final int read;
    private final transient @Nullable ListSource source;

    Position(int read, ListSource source) {
      this.read = read;
      this.source = source;
    }

    @Override
    public void finalizeCheckpoint() {
      if (source != null) {
        Collected.of(source.run)
            .finalizeMark(
                source.split, source.items.subList(0, read).stream().map(Item::element).toList());
      }
    }
  }

  private final ArrayList<Item> items;
  private final String run;
  private final int split;
  private final boolean endless;
  private final int readsBeforeDrain;

  private ListSource(
      ArrayList<Item> items, String run, int split, boolean endless, int readsBeforeDrain) {
    this.items = items;
    this.run = run;
    this.split = split;
    this.endless = endless;
    this.readsBeforeDrain = readsBeforeDrain;
  }

  /** The source of a timeline, which leaves word of what happens under the run's name. */
  static ListSource of(Timeline timeline, String run) {
    ArrayList<Item> items = new ArrayList<>();
    for (Timeline.Element element : timeline.elements()) {
      KeyedValue content = element.content();
      items.add(new Item(content.key(), content.value(), element.timeMillis()));
    }
    items.sort(Comparator.comparingLong(Item::timeMillis));
    boolean endless = timeline.kind() == Timeline.Kind.DRAINED_READ;
    return new ListSource(items, run, 0, endless, timeline.elementsBeforeDrain());
  }

  @Override
  public List<ListSource> split(int desiredSplits, PipelineOptions options) {
    List<ListSource> splits = new ArrayList<>();
    for (int number = 0; number < Math.max(1, desiredSplits); number++) {
      splits.add(new ListSource(new ArrayList<>(), run, number, endless, readsBeforeDrain));
    }
    for (int i = 0; i < items.size(); i++) {
      splits.get(i % splits.size()).items.add(items.get(i));
    }
    return splits;
  }

  @Override
  public UnboundedReader<KV<Integer, Integer>> createReader(
      PipelineOptions options, @Nullable Position position) {
    return new Reader(this, position == null ? 0 : position.read);
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
      if (source.endless) {
        Collected.of(source.run).countRead(source.readsBeforeDrain);
      }
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
      if (read < source.items.size()) {
        return Instant.ofEpochMilli(source.items.get(read).timeMillis());
      }
      return source.endless && read > 0
          ? Instant.ofEpochMilli(source.items.get(read - 1).timeMillis() + 5)
          : BoundedWindow.TIMESTAMP_MAX_VALUE;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Position(read, source);
    }

    @Override
    public UnboundedSource<KV<Integer, Integer>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
