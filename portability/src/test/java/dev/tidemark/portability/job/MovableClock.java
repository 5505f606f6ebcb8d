package dev.tidemark.portability.job;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that the test moves. Thread-safe. */
public final class MovableClock implements InstantSource {
  private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves it. */
  public synchronized void advance(Duration time) {
    now = now.plus(time);
  }
}
