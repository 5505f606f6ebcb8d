package dev.tidemark.runner.schedule;

/**
 * Processing time.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface Clock {
  /** The wall clock of the machine. */
  Clock SYSTEM = System::currentTimeMillis;

  /** Milliseconds since the epoch; may go backwards when somebody sets the machine's clock. */
  long millis();
}
