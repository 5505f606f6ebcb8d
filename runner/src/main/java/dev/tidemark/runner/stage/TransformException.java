package dev.tidemark.runner.stage;

import org.apache.beam.sdk.util.UserCodeException;

/**
 * A transform failed: its user's function threw, or what it asked for cannot be done.
 *
 * <p>The cause is what was thrown, without wrappers of Beam's or ours. It passes through the nodes
 * upstream of the failed one untouched, although they are on the call stack.
 */
public final class TransformException extends RuntimeException {
  private static final int MAX_DEPTH = 100;

  private final String transform;

  /**
   * Says that {@code transform} failed with {@code cause}.
   *
   * @param transform the full name of the transform as the user wrote it
   * @param cause what it threw
   */
  public TransformException(String transform, Throwable cause) {
    super("transform '" + transform + "' failed: " + cause, cause);
    this.transform = transform;
  }

  /**
   * The exception to throw when {@code thrown} came out of {@code transform}: the one of a
   * transform further downstream if there is one among its causes, otherwise a new one for the
   * user's own exception.
   */
  public static TransformException of(String transform, Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
      if (cause instanceof TransformException downstream) {
        return downstream;
      }
      cause = cause.getCause();
    }
    Throwable own = thrown;
    while (own instanceof UserCodeException && own.getCause() != null) {
      own = own.getCause();
    }
    if (own instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new TransformException(transform, own);
  }

  /** The full name of the transform that failed. */
  public String transform() {
    return transform;
  }
}
