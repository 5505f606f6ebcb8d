package dev.tidemark.runner.stage;

import java.util.Objects;

/**
 * A failure of the code of one transform, named as the user wrote it. The cause is what the code
 * threw, without wrappers.
 *
 * <p>Immutable. Wraps once: whoever passes an element on to another transform lets one of these
 * through untouched.
 */
public final class TransformException extends RuntimeException {
  private final String transform;

  private TransformException(String transform, Throwable cause) {
    super(transform + ": " + cause, cause);
    this.transform = transform;
  }

  /**
   * The failure {@code thrown} of the code of {@code transform}; {@code thrown} itself if it
   * already names a transform.
   *
   * @param transform the full name of the transform
   */
  public static TransformException of(String transform, Throwable thrown) {
    return thrown instanceof TransformException known
        ? known
        : new TransformException(transform, thrown);
  }

  /** The full name of the transform whose code failed. */
  public String transform() {
    return transform;
  }

  @Override
  public synchronized Throwable getCause() {
    return Objects.requireNonNull(super.getCause());
  }
}
