package dev.tidemark.portability.worker;

/** A worker ended, or could not be started; the message says why, with its last words. */
public final class WorkerLostException extends Exception {
  private static final long serialVersionUID = 1;

  /** A loss for the given reason. */
  public WorkerLostException(String reason) {
    super(reason);
  }
}
