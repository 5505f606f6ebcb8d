package dev.tidemark.benchmarks.workloads;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The same elements as those of a {@link GeneratedSource} as a stream: they come as fast as they
 * are taken, in the order of their event times, dealt out to as many splits as the runner asks for.
 * The watermark is the time of the last element; a stream that has come to its end says so.
 *
 * <p>Immutable.
 */
final class GeneratedStream<T> extends UnboundedSource<T, GeneratedStream.Mark> {
  private final Generator<T> generator;
  private final Coder<T> coder;
  private final Size size;
  private final int split;
  private final int splits;

  private GeneratedStream(
      Generator<T> generator, Coder<T> coder, Size size, int split, int splits) {
    this.generator = generator;
    this.coder = coder;
    this.size = size;
    this.split = split;
    this.splits = splits;
  }

  static <T> GeneratedStream<T> of(Generator<T> generator, Coder<T> coder, Size size) {
    return new GeneratedStream<>(generator, coder, size, 0, 1);
  }

  /** The element that comes next. */
  record Mark(long index) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  @Override
  public List<GeneratedStream<T>> split(int desiredNumSplits, PipelineOptions options) {
    List<GeneratedStream<T>> parts = new ArrayList<>();
    for (int i = 0; i < desiredNumSplits; i++) {
      parts.add(new GeneratedStream<>(generator, coder, size, i, desiredNumSplits));
    }
    return parts;
  }

  @Override
  public UnboundedReader<T> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader<>(this, mark == null ? split : mark.index());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return new MarkCoder();
  }

  @Override
  public Coder<T> getOutputCoder() {
    return coder;
  }

  private static final class MarkCoder extends AtomicCoder<Mark> {
    @Override
    public void encode(Mark mark, OutputStream out) throws IOException {
      VarLongCoder.of().encode(mark.index(), out);
    }

    @Override
    public Mark decode(InputStream in) throws IOException {
      return new Mark(VarLongCoder.of().decode(in));
    }
  }

  /** Owned by one thread. */
  private static final class Reader<T> extends UnboundedReader<T> {
    private final GeneratedStream<T> source;
    private long next;
    private @Nullable T current;
    private Instant time = BoundedWindow.TIMESTAMP_MIN_VALUE;

    Reader(GeneratedStream<T> source, long next) {
      this.source = source;
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= source.size.elements()) {
        return false;
      }
      current = source.generator.element(next);
      long millis = Elements.millis(next, source.size.perSecond());
      if (time.getMillis() != millis) {
        time = Instant.ofEpochMilli(millis);
      }
      next += source.splits;
      return true;
    }

    @Override
    public T getCurrent() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return time;
    }

    @Override
    public Instant getWatermark() {
      return next >= source.size.elements() ? BoundedWindow.TIMESTAMP_MAX_VALUE : time;
    }

    @Override
    public Mark getCheckpointMark() {
      return new Mark(next);
    }

    @Override
    public GeneratedStream<T> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
