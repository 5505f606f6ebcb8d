package dev.tidemark.portability.server;

/** An option of the server makes no sense, or is not safe; the message says what to do. */
final class InvalidServerOptionException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidServerOptionException(String message) {
    super(message);
  }
}
