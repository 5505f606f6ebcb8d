package dev.tidemark.portability.bundle;

/** A function failed in its SDK harness, or no harness could run it. */
public final class HarnessException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean ofFunction;

  /**
   * A failure that is no function's.
   *
   * @param message what is wrong
   */
  public HarnessException(String message) {
    this(message, false);
  }

  private HarnessException(String message, boolean ofFunction) {
    super(message);
    this.ofFunction = ofFunction;
  }

  /**
   * A function failed, and the harness lives.
   *
   * @param message what the harness said, the user's stack trace as a rule
   */
  static HarnessException ofFunction(String message) {
    return new HarnessException(message, true);
  }

  /** Whether a function failed, while the harness has done what it should. */
  boolean isOfFunction() {
    return ofFunction;
  }
}
