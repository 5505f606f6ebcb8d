package dev.tidemark.runner.kill;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts up in each of its splits, so fast and no faster, until a file says where to end. How far
 * it gets in a process does not depend on the wall clock, which may be wrong.
 */
final class PacedSource extends UnboundedSource<KV<Integer, Long>, PacedSource.Position> {
  private static final long serialVersionUID = 1L;

  /** The event time from one number of a split to the next. */
  static final long STEP_MILLIS = 50;

  /** How many numbers each split has in a second. */
  static final long PER_SECOND = 100;

  private static final long LOOK_NANOS = 20_000_000;

  /** How far a split was read. */
  record Position(long read) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  private final String limitFile;
  private final int splits;
  private final int split;

  private PacedSource(String limitFile, int splits, int split) {
    this.limitFile = limitFile;
    this.splits = splits;
    this.split = split;
  }

  /**
   * A source whose elements are a split and a number.
   *
   * @param limitFile will be there when the source is to end, and says how many numbers there are
   *     in each split
   */
  static PacedSource of(String limitFile, int splits) {
    return new PacedSource(limitFile, splits, 0);
  }

  /** The event time of a number. */
  static long timeMillis(long number) {
    return number * STEP_MILLIS;
  }

  @Override
  public List<PacedSource> split(int desiredSplits, PipelineOptions options) {
    List<PacedSource> all = new ArrayList<>();
    for (int i = 0; i < splits; i++) {
      all.add(new PacedSource(limitFile, splits, i));
    }
    return all;
  }

  @Override
  public UnboundedReader<KV<Integer, Long>> createReader(
      PipelineOptions options, @Nullable Position position) {
    return new Reader(this, position == null ? 0 : position.read());
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return SerializableCoder.of(Position.class);
  }

  @Override
  public Coder<KV<Integer, Long>> getOutputCoder() {
    return KvCoder.of(VarIntCoder.of(), VarLongCoder.of());
  }

  private static final class Reader extends UnboundedReader<KV<Integer, Long>> {
    private final PacedSource source;
    private final long begun;
    private final long openedNanos = System.nanoTime();
    private long read;
    private boolean current;
    private long limit = Long.MAX_VALUE;
    private long lookedNanos;

    Reader(PacedSource source, long read) {
      this.source = source;
      this.begun = read;
      this.read = read;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      long now = System.nanoTime();
      look(now);
      long paced = begun + (now - openedNanos) * PER_SECOND / 1_000_000_000L;
      current = read < (limit == Long.MAX_VALUE ? paced : limit);
      if (current) {
        read++;
      }
      return current;
    }

    private void look(long now) {
      if (limit < Long.MAX_VALUE || now - lookedNanos < LOOK_NANOS) {
        return;
      }
      lookedNanos = now;
      try {
        limit = Long.parseLong(Files.readString(Path.of(source.limitFile)).strip());
      } catch (NoSuchFileException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (read > limit) {
        throw new IllegalStateException("split " + source.split + " is at " + read + " already");
      }
    }

    private long number() {
      if (!current) {
        throw new NoSuchElementException("The reader is not at an element.");
      }
      return read - 1;
    }

    @Override
    public KV<Integer, Long> getCurrent() {
      return KV.of(source.split, number());
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(timeMillis(number()));
    }

    @Override
    public Instant getWatermark() {
      return read < limit
          ? Instant.ofEpochMilli(timeMillis(read))
          : BoundedWindow.TIMESTAMP_MAX_VALUE;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Position(read);
    }

    @Override
    public UnboundedSource<KV<Integer, Long>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
