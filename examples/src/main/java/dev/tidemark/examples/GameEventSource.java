package dev.tidemark.examples;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded source of made-up game events: the same events at every run, out of order, some of
 * them later than the watermark says. It ends after a number of events, so that a demonstration
 * ends too.
 *
 * <p>Event {@code i} is a pure function of the seed and {@code i}; a split owns the events whose
 * index falls on it, so a checkpoint is just the next index.
 */
public final class GameEventSource extends UnboundedSource<GameEvent, GameEventSource.Position> {
  private static final long serialVersionUID = 1L;
  private static final int PLAYERS = 40;
  private static final int TEAMS = 5;
  private static final long MILLIS_PER_EVENT = 100;
  private static final long USUAL_DISORDER_MILLIS = 2_000;
  private static final int ONE_LATE_IN = 50;
  private static final long LATE_BY_MILLIS = 30_000;

  private final long seed;
  private final long events;
  private final int first;
  private final int step;

  /**
   * Makes the source of all events.
   *
   * @param seed chooses the events
   * @param events how many there are
   */
  public GameEventSource(long seed, long events) {
    this(seed, events, 0, 1);
  }

  private GameEventSource(long seed, long events, int first, int step) {
    this.seed = seed;
    this.events = events;
    this.first = first;
    this.step = step;
  }

  /** The index of the next event. */
  public record Position(long next) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  /** Gives event number {@code index}. */
  public GameEvent event(long index) {
    Random random = new Random(seed * 1_000_003 + index);
    int player = random.nextInt(PLAYERS);
    long delay = random.nextInt((int) USUAL_DISORDER_MILLIS);
    if (index % ONE_LATE_IN == ONE_LATE_IN - 1) {
      delay += LATE_BY_MILLIS;
    }
    long time = Math.max(0, index * MILLIS_PER_EVENT - delay);
    return new GameEvent("player-" + player, "team-" + player % TEAMS, random.nextInt(20), time);
  }

  @Override
  public List<GameEventSource> split(int desiredSplits, PipelineOptions options) {
    List<GameEventSource> splits = new ArrayList<>();
    for (int i = 0; i < desiredSplits; i++) {
      splits.add(new GameEventSource(seed, events, first + i * step, step * desiredSplits));
    }
    return splits;
  }

  @Override
  public UnboundedReader<GameEvent> createReader(
      PipelineOptions options, @Nullable Position position) {
    return new Reader(this, position == null ? first : position.next());
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return SerializableCoder.of(Position.class);
  }

  @Override
  public Coder<GameEvent> getOutputCoder() {
    return GameEvent.EventCoder.of();
  }

  private static final class Reader extends UnboundedReader<GameEvent> {
    private final GameEventSource source;
    private long next;
    private @Nullable GameEvent current;

    Reader(GameEventSource source, long next) {
      this.source = source;
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= source.events) {
        current = null;
        return false;
      }
      current = source.event(next);
      next += source.step;
      return true;
    }

    @Override
    public GameEvent getCurrent() {
      if (current == null) {
        throw new NoSuchElementException("The reader is not at an event.");
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(getCurrent().timeMillis());
    }

    @Override
    public Instant getWatermark() {
      if (next >= source.events) {
        return BoundedWindow.TIMESTAMP_MAX_VALUE;
      }
      return Instant.ofEpochMilli(Math.max(0, next * MILLIS_PER_EVENT - USUAL_DISORDER_MILLIS));
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Position(next);
    }

    @Override
    public UnboundedSource<GameEvent, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() throws IOException {}
  }
}
