package dev.tidemark.runner.job.launch;

/**
 * The user asked for something that cannot be; the message is one line for the terminal.
 *
 * <p>Immutable.
 */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
