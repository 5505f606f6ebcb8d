package dev.tidemark.runner.exchange;

/** The encoding of one element is larger than what a page can hold. */
public final class ElementTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ElementTooLargeException(long limit) {
    super("the encoding is larger than " + limit + " bytes, the most that one element may take");
  }
}
