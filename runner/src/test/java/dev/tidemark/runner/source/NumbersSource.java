package dev.tidemark.runner.source;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  /** How many readers were ever opened, by the id of the test's source. */
  private static final Map<String, AtomicInteger> OPENED = new ConcurrentHashMap<>();

  /** How a reader takes it when it is to be split. */
  enum Refusal {
    NEVER,
    MOSTLY,
    ALWAYS,
    /** By throwing, as readers of Beam do that come to their end meanwhile. */
    THROWING
  }

  private static final long NOWHERE = -1;

  private final String id;
  private final boolean splitsAtStart;
  private final long failsAt;
  private final Refusal refusal;

  private NumbersSource(
      String id, long start, long end, boolean splitsAtStart, long failsAt, Refusal refusal) {
    super(start, end, 1);
    this.refusal = refusal;
    this.id = id;
    this.splitsAtStart = splitsAtStart;
    this.failsAt = failsAt;
  }

  static NumbersSource upTo(long end) {
    return new NumbersSource(UUID.randomUUID().toString(), 0, end, true, NOWHERE, Refusal.NEVER);
  }

  NumbersSource splittingLateOnly() {
    return new NumbersSource(id, getStartOffset(), getEndOffset(), false, failsAt, refusal);
  }

  NumbersSource failingAt(long number) {
    return new NumbersSource(id, getStartOffset(), getEndOffset(), splitsAtStart, number, refusal);
  }

  NumbersSource refusing(Refusal how) {
    return new NumbersSource(id, getStartOffset(), getEndOffset(), splitsAtStart, failsAt, how);
  }

  int openReaders() {
    return openCount(id).get();
  }

  int readersEverOpened() {
    return openedCount(id).get();
  }

  private static AtomicInteger openedCount(String id) {
    return OPENED.computeIfAbsent(id, any -> new AtomicInteger());
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
    return new NumbersSource(id, start, end, splitsAtStart, failsAt, refusal);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  @Override
  public BoundedReader<Long> createReader(PipelineOptions options) {
    openCount(id).incrementAndGet();
    openedCount(id).incrementAndGet();
    return new Reader(this);
  }

  private static final class Reader extends OffsetBasedReader<Long> {
    private long current;
    private boolean closed;
    private final Refusal refusal;
    private final Random random;

    Reader(NumbersSource source) {
      super(source);
      refusal = source.refusal;
      random = new Random(source.getStartOffset());
      current = source.getStartOffset();
    }

    @Override
    public boolean allowsDynamicSplitting() {
      return switch (refusal) {
        case NEVER -> true;
        case MOSTLY -> random.nextInt(8) == 0;
        case ALWAYS -> false;
        case THROWING -> throw new IllegalStateException("ended while it was split");
      };
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
