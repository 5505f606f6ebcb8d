package dev.tidemark.portability.environment;

import org.jspecify.annotations.Nullable;

/** A worker could not be started; the message says why, and what to do if there is something. */
public final class LaunchException extends Exception {
  private static final long serialVersionUID = 1;

  /** A failure for the given reason. */
  public LaunchException(String reason) {
    this(reason, null);
  }

  /** A failure for the given reason, of which {@code cause} says more. */
  public LaunchException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }
}
