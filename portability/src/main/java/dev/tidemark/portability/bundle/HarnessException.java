package dev.tidemark.portability.bundle;

/** A function failed in its SDK harness, or no harness could run it. */
public final class HarnessException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * A failure.
   *
   * @param message what the harness said, the user's stack trace as a rule
   */
  public HarnessException(String message) {
    super(message);
  }
}
