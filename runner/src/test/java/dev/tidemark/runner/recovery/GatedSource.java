package dev.tidemark.runner.recovery;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded source of numbered elements, some seconds apart and in their order, in a fixed
 * number of splits. Its readers read as far as the gates of the run are open, so that epochs hold
 * what a test decides.
 */
final class GatedSource extends UnboundedSource<KV<Integer, Integer>, GatedSource.Position> {
  private static final long serialVersionUID = 1L;

  static final int SPLITS = 3;
  static final long STEP_MILLIS = 1_000;

  /** How far a split was read. */
  static final class Position implements CheckpointMark, Serializable {
    private static final long serialVersionUID = 1L;
    private final int read;
    private final transient @Nullable GatedSource source;

    Position(int read, GatedSource source) {
      this.read = read;
      this.source = source;
    }

    @Override
    public void finalizeCheckpoint() {
      if (source == null) {
        throw new IllegalStateException("not the object that the reader gave");
      }
      Witness.of(source.run).finalizedMark(source.name + source.split, read);
    }
  }

  private final String run;
  private final String name;
  private final int size;
  private final int keys;
  private final boolean repeating;
  private final int split;

  private GatedSource(String run, String name, int size, int keys, boolean repeating, int split) {
    this.run = run;
    this.name = name;
    this.size = size;
    this.keys = keys;
    this.repeating = repeating;
    this.split = split;
  }

  /**
   * A source of {@code size} elements in all: number {@code n} has the key {@code n % keys} and the
   * time {@code n * STEP_MILLIS}.
   */
  static GatedSource of(String run, String name, int size, int keys) {
    return new GatedSource(run, name, size, keys, false, -1);
  }

  /** The same, but each element comes twice, with the same record id. */
  GatedSource repeating() {
    return new GatedSource(run, name, size, keys, true, split);
  }

  @Override
  public List<GatedSource> split(int desiredSplits, PipelineOptions options) {
    Witness.of(run).splits(name);
    List<GatedSource> splits = new ArrayList<>();
    for (int i = 0; i < SPLITS; i++) {
      splits.add(new GatedSource(run, name, size, keys, repeating, i));
    }
    return splits;
  }

  @Override
  public UnboundedReader<KV<Integer, Integer>> createReader(
      PipelineOptions options, @Nullable Position position) {
    return new Reader(this, position == null ? 0 : position.read);
  }

  @Override
  public boolean requiresDeduping() {
    return repeating;
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return SerializableCoder.of(Position.class);
  }

  @Override
  public Coder<KV<Integer, Integer>> getOutputCoder() {
    return KvCoder.of(VarIntCoder.of(), VarIntCoder.of());
  }

  /** How many reads there are in this split. */
  private int reads() {
    int elements = (size - split + SPLITS - 1) / SPLITS;
    return repeating ? 2 * elements : elements;
  }

  /** The number of the element that comes with a read. */
  private int number(int read) {
    return split + SPLITS * (repeating ? read / 2 : read);
  }

  private static final class Reader extends UnboundedReader<KV<Integer, Integer>> {
    private final GatedSource source;
    private final Gate gate;
    private int read;
    private boolean current;

    Reader(GatedSource source, int read) {
      this.source = source;
      this.read = read;
      this.gate = Witness.of(source.run).openGate(source.name + source.split, read, source.reads());
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      current = read < source.reads() && gate.pass();
      if (current) {
        read++;
      }
      return current;
    }

    private int number() {
      if (!current) {
        throw new NoSuchElementException("The reader is not at an element.");
      }
      return source.number(read - 1);
    }

    @Override
    public KV<Integer, Integer> getCurrent() {
      return KV.of(number() % source.keys, number());
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(number() * STEP_MILLIS);
    }

    @Override
    public byte[] getCurrentRecordId() {
      return new byte[] {(byte) number(), (byte) (number() >> 8)};
    }

    @Override
    public Instant getWatermark() {
      return read < source.reads()
          ? Instant.ofEpochMilli(source.number(read) * STEP_MILLIS)
          : BoundedWindow.TIMESTAMP_MAX_VALUE;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      gate.marked(read);
      return new Position(read, source);
    }

    @Override
    public UnboundedSource<KV<Integer, Integer>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {
      gate.close();
    }
  }
}
