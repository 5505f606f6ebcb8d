package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One timer as a user's function sets it. Defaults, checks and words of errors are those of Beam's
 * runners.
 *
 * <p>Owned by the lane; good for one call.
 */
final class FunctionTimer implements Timer {
  private static final Instant NEVER = BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));

  private final FunctionTimers timers;
  private final Key key;
  private final String namespace;
  private final Instant windowExpiry;
  private final TimeDomain domain;
  private final String family;
  private final String id;
  private final Instant origin;
  private Duration offset = Duration.ZERO;
  private Duration period = Duration.ZERO;
  private @Nullable Instant outputTimestamp;
  private boolean holdsNothing;

  /**
   * A timer of the key and window that {@code current} has now.
   *
   * @param origin the timestamp of the element or timer that the function was called with
   */
  FunctionTimer(
      FunctionTimers timers,
      KeyAndWindow current,
      TimeDomain domain,
      String family,
      String id,
      Instant origin) {
    this.timers = timers;
    this.key = current.key();
    this.namespace = current.namespace();
    this.windowExpiry = Instant.ofEpochMilli(current.expiryMillis());
    this.domain = domain;
    this.family = family;
    this.id = id;
    this.origin = origin;
  }

  @Override
  public void set(Instant time) {
    Instant output = checkedOutputTimestamp(time);
    timers.set(record(time.getMillis() + 1, output.getMillis()));
  }

  @Override
  public void setRelative() {
    Instant time = alignedTime();
    set(domain == TimeDomain.EVENT_TIME && time.isAfter(windowExpiry) ? windowExpiry : time);
  }

  private Instant alignedTime() {
    Instant now = getCurrentRelativeTime();
    if (period.equals(Duration.ZERO)) {
      return now.plus(offset);
    }
    long sincePeriod = now.plus(offset).getMillis() % period.getMillis();
    return sincePeriod == 0 ? now : now.plus(period).minus(Duration.millis(sincePeriod));
  }

  @Override
  public void clear() {
    timers.delete(record(0, 0));
  }

  private TimerRecord record(long timestampMillis, long outputTimestampMillis) {
    return new TimerRecord(
        key, namespace, family, id, domain, timestampMillis, outputTimestampMillis);
  }

  @Override
  public Timer offset(Duration newOffset) {
    offset = newOffset;
    return this;
  }

  @Override
  public Timer align(Duration newPeriod) {
    period = newPeriod;
    return this;
  }

  @Override
  public Timer withOutputTimestamp(Instant timestamp) {
    outputTimestamp = timestamp;
    holdsNothing = false;
    return this;
  }

  @Override
  public Timer withNoOutputTimestamp() {
    outputTimestamp = null;
    holdsNothing = true;
    return this;
  }

  @Override
  public Instant getCurrentRelativeTime() {
    return Instant.ofEpochMilli(timers.now(domain));
  }

  /** What the timer holds the output watermark at; once found, it stays so, as in Beam. */
  private Instant checkedOutputTimestamp(Instant time) {
    Instant output = outputTimestamp;
    if (output != null) {
      timers.skew().checkTimer(origin, output);
    } else if (holdsNothing) {
      outputTimestamp = NEVER;
      return NEVER;
    } else {
      output = domain == TimeDomain.EVENT_TIME ? time : origin;
      outputTimestamp = output;
    }
    String kind = domain == TimeDomain.EVENT_TIME ? "an event-time" : "a processing-time";
    checkNotExpired(kind, "an output", output);
    if (domain == TimeDomain.EVENT_TIME) {
      checkNotExpired(kind, "a firing", time);
    }
    return output;
  }

  private void checkNotExpired(String kind, String which, Instant timestamp) {
    if (timestamp.isAfter(windowExpiry)) {
      throw new IllegalArgumentException(
          "Attempted to set "
              + kind
              + " timer with "
              + which
              + " timestamp of "
              + timestamp
              + " that is after the expiration of window "
              + windowExpiry);
    }
  }
}
