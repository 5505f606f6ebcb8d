package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.Timestamps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a reader reads into slices.
 *
 * <p>Owned by the reading thread.
 */
final class SliceReader {
  /** How long a slice may take, and how long one may wait for more while nobody asks for it. */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /**
   * How often an idle reader is asked for a mark, so that it can let go of what was read, and for a
   * watermark that nobody waits for.
   */
  private static final long IDLE_MARK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * How long an idle reader is left alone. All are asked again at the same time, when another of
   * such spans begins, so that what they have to tell costs one epoch and not one each.
   */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** So many elements are read without a look at the clock, as long as they come fast. */
  private static final int FAST_ELEMENTS = 16;

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long FAST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private final UnboundedReader<Object> reader;
  private final boolean withIds;
  private final SliceLimit limit;
  private final LongSupplier awaitedWatermark;
  private final BooleanSupplier wanted;
  private final BooleanSupplier ending;
  private boolean started;
  private long lastWatermark;
  private long lastSliceNanos;
  private boolean idle;
  private long pauseNanos = FIRST_PAUSE_NANOS;

  /**
   * Reads from {@code reader}, which was not started yet.
   *
   * @param watermarkMillis how far it had come before, if it goes on from a mark
   * @param withIds whether slices are to hold record ids
   * @param awaitedWatermark the lowest watermark, in milliseconds, that anything waits for
   * @param wanted whether a slice would be taken at once
   * @param ending whether to hand over what there is
   */
  SliceReader(
      UnboundedReader<Object> reader,
      long watermarkMillis,
      boolean withIds,
      SliceLimit limit,
      LongSupplier awaitedWatermark,
      BooleanSupplier wanted,
      BooleanSupplier ending) {
    this.reader = reader;
    this.lastWatermark = watermarkMillis;
    this.withIds = withIds;
    this.limit = limit;
    this.awaitedWatermark = awaitedWatermark;
    this.wanted = wanted;
    this.ending = ending;
  }

  /**
   * The next slice. It has no elements if only the watermark moved, to where somebody waits for it,
   * or a mark is due; it is null if there is no news that cannot wait. After a call that found no
   * elements the next one begins with a pause.
   */
  @Nullable Slice next() throws IOException, InterruptedException {
    if (idle) {
      pause();
    }
    long start = System.nanoTime();
    int most = limit.elements();
    List<@Nullable Object> values = new ArrayList<>();
    List<Instant> timestamps = new ArrayList<>();
    List<byte[]> ids = new ArrayList<>();
    long lastLook = start;
    int unlooked = 0;
    int stride = 1;
    while (values.size() < most && !ending.getAsBoolean()) {
      if (advance()) {
        values.add(reader.getCurrent());
        timestamps.add(reader.getCurrentTimestamp());
        if (withIds) {
          ids.add(reader.getCurrentRecordId());
        }
      } else if (values.isEmpty() || wanted.getAsBoolean()) {
        break;
      } else {
        Thread.sleep(1);
      }
      if (++unlooked >= stride) {
        long now = System.nanoTime();
        if (now - start > SLICE_NANOS) {
          break;
        }
        stride = now - lastLook < FAST_NANOS ? FAST_ELEMENTS : 1;
        lastLook = now;
        unlooked = 0;
      }
    }
    idle = values.isEmpty();
    return slice(values, timestamps, ids, values.size() >= most);
  }

  private boolean advance() throws IOException {
    if (started) {
      return reader.advance();
    }
    started = true;
    lastSliceNanos = System.nanoTime();
    return reader.start();
  }

  private @Nullable Slice slice(
      List<@Nullable Object> values, List<Instant> timestamps, List<byte[]> ids, boolean full) {
    if (!started) {
      return null;
    }
    long watermark =
        Math.max(lastWatermark, Math.min(Timestamps.MAX, reader.getWatermark().getMillis()));
    if (values.isEmpty()) {
      // No mark takes the place of elements, which may come while the last one still waits.
      boolean markDue =
          wanted.getAsBoolean()
              && Math.floorDiv(System.nanoTime(), IDLE_MARK_NANOS)
                  != Math.floorDiv(lastSliceNanos, IDLE_MARK_NANOS);
      boolean watermarkDue =
          watermark > lastWatermark
              && (watermark >= awaitedWatermark.getAsLong() || watermark >= Timestamps.MAX);
      if (!watermarkDue && !markDue) {
        return null;
      }
    } else {
      pauseNanos = FIRST_PAUSE_NANOS;
    }
    lastWatermark = watermark;
    lastSliceNanos = System.nanoTime();
    return new Slice(values, timestamps, ids, full, watermark, reader.getCheckpointMark());
  }

  private void pause() throws InterruptedException {
    long untilNext = IDLE_NANOS - Math.floorMod(System.nanoTime(), IDLE_NANOS);
    TimeUnit.NANOSECONDS.sleep(pauseNanos < IDLE_NANOS ? pauseNanos : untilNext);
    pauseNanos = Math.min(IDLE_NANOS, 2 * pauseNanos);
  }
}
