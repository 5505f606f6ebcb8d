package dev.tidemark.runner.source;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.TimestampedValue;
import org.jspecify.annotations.Nullable;

/**
 * The events of one {@code TestStream}: those to come, and those delivered that its lane has not
 * emitted yet.
 *
 * <p>Thread-safe.
 */
final class TestStreamReplay {
  private final Queue<TestStream.Event<Object>> events;
  private final Queue<TimestampedValue<Object>> delivered = new ArrayDeque<>();
  private long watermark = Timestamps.MIN;

  TestStreamReplay(List<TestStream.Event<Object>> events) {
    this.events = new ArrayDeque<>(events);
  }

  /** A stream that is at its end. */
  static TestStreamReplay ended() {
    TestStreamReplay replay = new TestStreamReplay(List.of());
    replay.end();
    return replay;
  }

  /** Delivers the next event; returns whether there was one. */
  synchronized boolean step(ManualClock clock) {
    TestStream.Event<Object> event = events.poll();
    if (event == null) {
      boolean first = watermark < Timestamps.MAX;
      watermark = Timestamps.MAX;
      return first;
    }
    if (event instanceof TestStream.ElementEvent<Object> elements) {
      elements.getElements().forEach(delivered::add);
    } else if (event instanceof TestStream.WatermarkEvent<Object> advance) {
      long target = Math.min(advance.getWatermark().getMillis(), Timestamps.MAX);
      watermark = Math.max(watermark, target);
    } else if (event instanceof TestStream.ProcessingTimeEvent<Object> advance) {
      clock.advance(advance.getProcessingTimeAdvance().getMillis());
    } else {
      throw new IllegalArgumentException("unknown event of a TestStream: " + event);
    }
    return true;
  }

  /** The next element to emit, or null. */
  synchronized @Nullable TimestampedValue<Object> poll() {
    return delivered.poll();
  }

  /** Whether there is an element to emit. */
  synchronized boolean hasElements() {
    return !delivered.isEmpty();
  }

  /** The watermark once all delivered elements are emitted. */
  synchronized long watermark() {
    return watermark;
  }

  /** Drops the events to come. */
  synchronized void end() {
    events.clear();
    watermark = Timestamps.MAX;
  }
}
