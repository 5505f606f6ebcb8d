package dev.tidemark.benchmarks.workloads;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Elements that are generated as fast as they are taken, in as many parts as the runner asks for.
 *
 * <p>Immutable.
 */
final class GeneratedSource<T> extends BoundedSource<T> {
  private final Generator<T> generator;
  private final Coder<T> coder;
  private final long from;
  private final long to;
  private final int bytes;
  private final long perSecond;

  private GeneratedSource(
      Generator<T> generator, Coder<T> coder, long from, long to, int bytes, long perSecond) {
    this.generator = generator;
    this.coder = coder;
    this.from = from;
    this.to = to;
    this.bytes = bytes;
    this.perSecond = perSecond;
  }

  /**
   * The elements of a size.
   *
   * @param elementBytes how large an element is when it is encoded, about
   */
  static <T> GeneratedSource<T> of(
      Generator<T> generator, Coder<T> coder, Size size, int elementBytes) {
    return new GeneratedSource<>(
        generator, coder, 0, size.elements(), elementBytes, size.perSecond());
  }

  @Override
  public List<GeneratedSource<T>> split(long desiredBundleSizeBytes, PipelineOptions options) {
    long step = Math.max(1, desiredBundleSizeBytes / bytes);
    List<GeneratedSource<T>> parts = new ArrayList<>();
    for (long start = from; start < to; start += step) {
      parts.add(
          new GeneratedSource<>(
              generator, coder, start, Math.min(to, start + step), bytes, perSecond));
    }
    return parts;
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return (to - from) * bytes;
  }

  @Override
  public BoundedReader<T> createReader(PipelineOptions options) {
    return new Reader<>(this);
  }

  @Override
  public Coder<T> getOutputCoder() {
    return coder;
  }

  /** Owned by one thread. */
  private static final class Reader<T> extends BoundedReader<T> {
    private final GeneratedSource<T> source;
    private long index;
    private @Nullable T current;
    private Instant time = BoundedWindow.TIMESTAMP_MIN_VALUE;

    Reader(GeneratedSource<T> source) {
      this.source = source;
      this.index = source.from - 1;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      index++;
      if (index >= source.to) {
        return false;
      }
      current = source.generator.element(index);
      if (source.perSecond > 0) {
        long millis = Elements.millis(index, source.perSecond);
        if (time.getMillis() != millis) {
          time = Instant.ofEpochMilli(millis);
        }
      }
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
    public GeneratedSource<T> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
