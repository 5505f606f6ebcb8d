package dev.tidemark.runner.job;

/**
 * A pipeline option that makes no sense; the message names it and says what to do.
 *
 * <p>Immutable.
 */
public final class InvalidOptionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** Makes one with a message for the user. */
  public InvalidOptionException(String message) {
    super(message);
  }

  /** Makes one with a message for the user and what led to it. */
  public InvalidOptionException(String message, Throwable cause) {
    super(message, cause);
  }
}
