package dev.tidemark.portability.expansion;

/**
 * A transform was not expanded, for a reason that is not its own; the message is for its author.
 */
final class ExpansionException extends Exception {
  private static final long serialVersionUID = 1;

  ExpansionException(String message) {
    super(message);
  }
}
