package dev.tidemark.runner.source;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.OffsetBasedSource;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The numbers from start to end, each with itself as timestamp; eight bytes each. */
final class NumbersSource extends OffsetBasedSource<Long> {
  /** How many readers are open, by the id of the test's source. */
  private static final Map<String, AtomicInteger> OPEN = new ConcurrentHashMap<>();

  private static final long NOWHERE = -1;

  private final String id;
  private final boolean splitsAtStart;
  private final long failsAt;

  private NumbersSource(String id, long start, long end, boolean splitsAtStart, long failsAt) {
    super(start, end, 1);
    this.id = id;
    this.splitsAtStart = splitsAtStart;
    this.failsAt = failsAt;
  }

  static NumbersSource upTo(long end) {
    return new NumbersSource(UUID.randomUUID().toString(), 0, end, true, NOWHERE);
  }

  NumbersSource splittingLateOnly() {
    return new NumbersSource(id, getStartOffset(), getEndOffset(), false, failsAt);
  }

  NumbersSource failingAt(long number) {
    return new NumbersSource(id, getStartOffset(), getEndOffset(), splitsAtStart, number);
  }

  int openReaders() {
    return openCount(id).get();
  }

  private static AtomicInteger openCount(String id) {
    return OPEN.computeIfAbsent(id, any -> new AtomicInteger());
  }

  @Override
  public List<? extends OffsetBasedSource<Long>> split(long bytes, PipelineOptions options)
      throws Exception {
    return splitsAtStart ? super.split(bytes, options) : List.of(this);
  }

  @Override
  public long getBytesPerOffset() {
    return 8;
  }

  @Override
  public long getMaxEndOffset(PipelineOptions options) {
    return getEndOffset();
  }

  @Override
  public OffsetBasedSource<Long> createSourceForSubrange(long start, long end) {
    return new NumbersSource(id, start, end, splitsAtStart, failsAt);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  @Override
  public BoundedReader<Long> createReader(PipelineOptions options) {
    openCount(id).incrementAndGet();
    return new Reader(this);
  }

  private static final class Reader extends OffsetBasedReader<Long> {
    private long current;
    private boolean closed;

    Reader(NumbersSource source) {
      super(source);
      current = source.getStartOffset();
    }

    @Override
    protected boolean startImpl() throws IOException {
      return found();
    }

    @Override
    protected boolean advanceImpl() throws IOException {
      current++;
      return found();
    }

    private boolean found() throws IOException {
      NumbersSource source = (NumbersSource) getCurrentSource();
      if (current == source.failsAt) {
        throw new IOException("bad sector " + current);
      }
      if (current >= source.getEndOffset()) {
        return false;
      }
      Metrics.counter("numbers", "read").inc();
      return true;
    }

    @Override
    protected long getCurrentOffset() {
      return current;
    }

    @Override
    public Long getCurrent() {
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return new Instant(current);
    }

    @Override
    public @Nullable Double getFractionConsumed() {
      return super.getFractionConsumed();
    }

    @Override
    public void close() {
      if (closed) {
        throw new IllegalStateException("closed twice");
      }
      closed = true;
      openCount(((NumbersSource) getCurrentSource()).id).decrementAndGet();
    }
  }
}
