package dev.tidemark.runner.source;

import java.io.IOException;
import java.io.Serializable;
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

  private final Traits traits;

  /**
   * What all pieces of a source have in common.
   *
   * @param size how many numbers there are in all
   * @param block pieces begin and end at multiples of this
   */
  private record Traits(
      String id, long size, boolean splitsAtStart, long failsAt, Refusal refusal, int block)
      implements Serializable {
    NumbersSource piece(long start, long end) {
      return new NumbersSource(this, start, end);
    }
  }

  private NumbersSource(Traits traits, long start, long end) {
    super(start, end, 1);
    this.traits = traits;
  }

  static NumbersSource upTo(long end) {
    return new Traits(UUID.randomUUID().toString(), end, true, NOWHERE, Refusal.NEVER, 1)
        .piece(0, end);
  }

  NumbersSource splittingLateOnly() {
    return with(traits.failsAt, false, traits.refusal, traits.block);
  }

  NumbersSource failingAt(long number) {
    return with(number, traits.splitsAtStart, traits.refusal, traits.block);
  }

  NumbersSource refusing(Refusal how) {
    return with(traits.failsAt, traits.splitsAtStart, how, traits.block);
  }

  NumbersSource inBlocksOf(int numbers) {
    return with(traits.failsAt, traits.splitsAtStart, traits.refusal, numbers);
  }

  private NumbersSource with(long failsAt, boolean splitsAtStart, Refusal refusal, int block) {
    return new Traits(traits.id, traits.size, splitsAtStart, failsAt, refusal, block)
        .piece(getStartOffset(), getEndOffset());
  }

  int openReaders() {
    return openCount(traits.id).get();
  }

  int readersEverOpened() {
    return openedCount(traits.id).get();
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
    return traits.splitsAtStart ? super.split(bytes, options) : List.of(this);
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
    return traits.piece(start, end);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  @Override
  public BoundedReader<Long> createReader(PipelineOptions options) {
    openCount(traits.id).incrementAndGet();
    openedCount(traits.id).incrementAndGet();
    return new Reader(this);
  }

  private static final class Reader extends OffsetBasedReader<Long> {
    private long current;
    private boolean closed;
    private final Traits traits;
    private final Random random;

    Reader(NumbersSource source) {
      super(source);
      traits = source.traits;
      random = new Random(source.getStartOffset());
      current = source.getStartOffset();
    }

    @Override
    public boolean allowsDynamicSplitting() {
      return switch (traits.refusal) {
        case NEVER -> true;
        case MOSTLY -> random.nextInt(8) == 0;
        case ALWAYS -> false;
        case THROWING -> throw new IllegalStateException("ended while it was split");
      };
    }

    @Override
    protected boolean isAtSplitPoint() {
      return current % traits.block == 0;
    }

    @Override
    protected boolean startImpl() throws IOException {
      while (!isAtSplitPoint()) {
        current++; // belongs to the piece before
      }
      return found();
    }

    @Override
    protected boolean advanceImpl() throws IOException {
      current++;
      return found();
    }

    private boolean found() throws IOException {
      if (current == traits.failsAt) {
        throw new IOException("bad sector " + current);
      }
      boolean ended = isAtSplitPoint() && current >= getCurrentSource().getEndOffset();
      if (ended || current >= traits.size) {
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
      openCount(traits.id).decrementAndGet();
    }
  }
}
