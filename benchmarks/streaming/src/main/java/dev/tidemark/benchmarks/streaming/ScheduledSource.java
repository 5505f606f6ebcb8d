package dev.tidemark.benchmarks.streaming;

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
 * The keys of a {@link Schedule}, dealt out to as many splits as the runner asks for. The watermark
 * is the time of the last element, so that it is the first element behind a window that closes it.
 *
 * <p>Immutable.
 */
final class ScheduledSource extends UnboundedSource<Long, ScheduledSource.Mark> {

  /** What comes after the last element. */
  enum Then {
    /** The stream ends, at the time of the element that would be the next. */
    END,
    /** Nothing; the watermark stays. */
    SILENCE,
    /** Nothing; the watermark goes with the wall clock. */
    WATERMARKS
  }

  private final Schedule schedule;
  private final Then then;
  private final int split;
  private final int splits;

  private ScheduledSource(Schedule schedule, Then then, int split, int splits) {
    this.schedule = schedule;
    this.then = then;
    this.split = split;
    this.splits = splits;
  }

  static ScheduledSource of(Schedule schedule, Then then) {
    return new ScheduledSource(schedule, then, 0, 1);
  }

  /** The element that comes next. */
  record Mark(long index) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  @Override
  public List<ScheduledSource> split(int desiredNumSplits, PipelineOptions options) {
    List<ScheduledSource> parts = new ArrayList<>();
    for (int i = 0; i < desiredNumSplits; i++) {
      parts.add(new ScheduledSource(schedule, then, i, desiredNumSplits));
    }
    return parts;
  }

  @Override
  public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader(this, mark == null ? split : mark.index());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return new MarkCoder();
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
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
  private static final class Reader extends UnboundedReader<Long> {
    private final ScheduledSource source;
    private final Schedule schedule;
    private long next;
    private @Nullable Long current;
    private Instant time = BoundedWindow.TIMESTAMP_MIN_VALUE;
    private long nowMicros;

    Reader(ScheduledSource source, long next) {
      this.source = source;
      this.schedule = source.schedule;
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= schedule.elements() || !hasCome(schedule.micros(next))) {
        return false;
      }
      current = schedule.key(next);
      long millis = schedule.millis(next);
      if (time.getMillis() != millis) {
        time = Instant.ofEpochMilli(millis);
      }
      next += source.splits;
      return true;
    }

    /** Looks at the clock only if it may not have. */
    private boolean hasCome(long micros) {
      if (micros > nowMicros) {
        nowMicros = Schedule.nowMicros();
      }
      return micros <= nowMicros;
    }

    @Override
    public Long getCurrent() {
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
      if (next < schedule.elements() || !hasCome(schedule.micros(schedule.elements()))) {
        return time;
      }
      return switch (source.then) {
        case END -> BoundedWindow.TIMESTAMP_MAX_VALUE;
        case SILENCE -> time;
        case WATERMARKS -> Instant.now();
      };
    }

    @Override
    public Mark getCheckpointMark() {
      return new Mark(next);
    }

    @Override
    public ScheduledSource getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
