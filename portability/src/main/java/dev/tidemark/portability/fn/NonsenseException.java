package dev.tidemark.portability.fn;

/** A worker said what it cannot mean; it is not to be trusted any more. */
final class NonsenseException extends Exception {
  private static final long serialVersionUID = 1;

  NonsenseException(String what) {
    super(what);
  }
}
