package dev.tidemark.runner.state;

import org.jspecify.annotations.Nullable;

/**
 * State could not be written or read: a coder failed, or the store did. The message names the
 * transform and the cell where one is to blame.
 *
 * <p>Immutable.
 */
public final class StateException extends RuntimeException {
  /** Makes an exception; the cause is null if there is none. */
  public StateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
