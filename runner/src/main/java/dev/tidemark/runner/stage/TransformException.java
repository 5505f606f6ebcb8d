package dev.tidemark.runner.stage;

import java.util.Objects;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * A transform failed. The cause is what it threw, without wrappers of Beam's or ours.
 *
 * <p>Immutable.
 */
public final class TransformException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String transform;
  private final transient @Nullable FailedElement element;

  private TransformException(String transform, Throwable cause, @Nullable FailedElement element) {
    super(transform + ": " + cause, cause);
    this.transform = transform;
    this.element = element;
  }

  /**
   * Blames {@code transform} for {@code thrown}, unless a transform is to blame already: what a
   * downstream transform threw passes through its callers untouched.
   *
   * @param transform the full name of the transform that was running
   * @param thrown what it threw
   */
  public static TransformException of(String transform, Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof TransformException found) {
        return found;
      }
    }
    Throwable cause = thrown;
    while (cause instanceof UserCodeException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new TransformException(transform, cause, null);
  }

  /** The same failure, with the element that it came with. */
  public TransformException with(FailedElement failedElement) {
    return new TransformException(transform, Objects.requireNonNull(getCause()), failedElement);
  }

  /** The element that the transform had when it failed; null if that is not known. */
  public @Nullable FailedElement element() {
    return element;
  }

  /** The full name of the transform that failed, as the user wrote it. */
  public String transform() {
    return transform;
  }
}
