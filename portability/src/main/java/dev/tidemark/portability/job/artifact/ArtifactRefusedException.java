package dev.tidemark.portability.job.artifact;

/** A client's artifacts cannot be taken; the message says which and why. */
public final class ArtifactRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean tooMuch;

  private ArtifactRefusedException(String message, boolean tooMuch) {
    super(message);
    this.tooMuch = tooMuch;
  }

  static ArtifactRefusedException invalid(String message) {
    return new ArtifactRefusedException(message, false);
  }

  static ArtifactRefusedException tooMuch(String message) {
    return new ArtifactRefusedException(message, true);
  }

  /** Whether a limit is to blame that the operator may raise. */
  public boolean tooMuch() {
    return tooMuch;
  }
}
