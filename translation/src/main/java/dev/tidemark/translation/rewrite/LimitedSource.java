package dev.tidemark.translation.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of an unbounded source: what it gives until a number of records is read, or for a time. As
 * a bounded read, it is at the end of time when that is over, and at the beginning before, so that
 * nothing of it is ever late.
 *
 * <p>Immutable.
 *
 * @param <T> the elements
 * @param <M> the checkpoint marks of the source
 */
final class LimitedSource<T, M extends UnboundedSource.CheckpointMark>
    extends UnboundedSource<T, LimitedSource.Mark<M>> {
  private static final long serialVersionUID = 1L;

  /** Fewer are not worth a reader of their own. */
  private static final long RECORDS_PER_SPLIT = 10_000;

  private final UnboundedSource<T, M> source;
  private final long maxRecords;
  private final long maxReadMillis;

  /**
   * Limits a source.
   *
   * @param maxRecords how many records to read; {@link Long#MAX_VALUE} for any number
   * @param maxReadMillis for how long to read each split, from the start of its reader; {@link
   *     Long#MAX_VALUE} for any time
   */
  LimitedSource(UnboundedSource<T, M> source, long maxRecords, long maxReadMillis) {
    this.source = source;
    this.maxRecords = maxRecords;
    this.maxReadMillis = maxReadMillis;
  }

  @Override
  public List<LimitedSource<T, M>> split(int desiredNumSplits, PipelineOptions options)
      throws Exception {
    int desired = (int) Math.min(desiredNumSplits, maxRecords / RECORDS_PER_SPLIT + 1);
    List<? extends UnboundedSource<T, M>> parts = source.split(desired, options);
    List<LimitedSource<T, M>> splits = new ArrayList<>();
    for (UnboundedSource<T, M> part : parts) {
      long more = splits.size() < maxRecords % parts.size() ? 1 : 0;
      splits.add(new LimitedSource<>(part, maxRecords / parts.size() + more, maxReadMillis));
    }
    return splits;
  }

  @Override
  public UnboundedReader<T> createReader(PipelineOptions options, @Nullable Mark<M> mark)
      throws IOException {
    return new Reader<>(
        this,
        source.createReader(options, mark == null ? null : mark.mark()),
        mark == null ? maxRecords : mark.recordsLeft());
  }

  @Override
  public void validate() {
    source.validate();
  }

  @Override
  public boolean requiresDeduping() {
    return source.requiresDeduping();
  }

  @Override
  public Coder<T> getOutputCoder() {
    return source.getOutputCoder();
  }

  @Override
  public Coder<Mark<M>> getCheckpointMarkCoder() {
    return new MarkCoder<>(source.getCheckpointMarkCoder());
  }

  /**
   * Up to where a split was read. A reader that goes on from it has its whole time again.
   *
   * <p>Immutable.
   */
  record Mark<M extends CheckpointMark>(M mark, long recordsLeft) implements CheckpointMark {
    @Override
    public void finalizeCheckpoint() throws IOException {
      mark.finalizeCheckpoint();
    }
  }

  private static final class MarkCoder<M extends CheckpointMark> extends CustomCoder<Mark<M>> {
    private static final long serialVersionUID = 1L;

    private final Coder<M> coder;

    MarkCoder(Coder<M> coder) {
      this.coder = coder;
    }

    @Override
    public void encode(Mark<M> value, OutputStream output) throws IOException {
      VarLongCoder.of().encode(value.recordsLeft(), output);
      coder.encode(value.mark(), output);
    }

    @Override
    public Mark<M> decode(InputStream input) throws IOException {
      long recordsLeft = VarLongCoder.of().decode(input);
      return new Mark<>(coder.decode(input), recordsLeft);
    }
  }

  /** Owned by the thread that reads. */
  private static final class Reader<T, M extends CheckpointMark> extends UnboundedReader<T> {
    private final LimitedSource<T, M> source;
    private final UnboundedReader<T> reader;
    private long recordsLeft;
    private long startNanos;

    Reader(LimitedSource<T, M> source, UnboundedReader<T> reader, long recordsLeft) {
      this.source = source;
      this.reader = reader;
      this.recordsLeft = recordsLeft;
    }

    @Override
    public boolean start() throws IOException {
      startNanos = System.nanoTime();
      return !over() && count(reader.start());
    }

    @Override
    public boolean advance() throws IOException {
      return !over() && count(reader.advance());
    }

    private boolean count(boolean available) {
      if (available) {
        recordsLeft--;
      }
      return available;
    }

    private boolean over() {
      return recordsLeft <= 0
          || TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) >= source.maxReadMillis;
    }

    @Override
    public Instant getWatermark() {
      boolean ended = over() || !reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE);
      return ended ? BoundedWindow.TIMESTAMP_MAX_VALUE : BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @Override
    @SuppressWarnings("unchecked") // a source's readers give the source's marks
    public CheckpointMark getCheckpointMark() {
      return new Mark<>((M) reader.getCheckpointMark(), recordsLeft);
    }

    @Override
    public T getCurrent() throws NoSuchElementException {
      return reader.getCurrent();
    }

    @Override
    public Instant getCurrentTimestamp() throws NoSuchElementException {
      return reader.getCurrentTimestamp();
    }

    @Override
    public byte[] getCurrentRecordId() throws NoSuchElementException {
      return reader.getCurrentRecordId();
    }

    @Override
    public long getSplitBacklogBytes() {
      return reader.getSplitBacklogBytes();
    }

    @Override
    public long getTotalBacklogBytes() {
      return reader.getTotalBacklogBytes();
    }

    @Override
    public UnboundedSource<T, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
