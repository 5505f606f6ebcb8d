package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.ElementTooLargeException;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A user's coder failed. The message names the transform, the collection, the coder and the class
 * of what it was to encode; the cause is what the coder threw.
 */
public final class CodingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String transform;

  private CodingException(String transform, String message, Throwable cause) {
    super(message, cause);
    this.transform = transform;
  }

  /** The full name of the transform that was to take the element. */
  public String transform() {
    return transform;
  }

  /**
   * Something could not be encoded.
   *
   * @param edge where it was to go
   * @param part what it is of the element: "key", "value", "element", "window"
   * @param coder what was to encode it
   * @param value what was to be encoded
   */
  static CodingException encoding(
      EdgeCoders edge, String part, Coder<?> coder, @Nullable Object value, Throwable cause) {
    String subject =
        value == null
            ? "a null " + part
            : "the " + part + " of class " + value.getClass().getName() + " of an element";
    return new CodingException(
        edge.transform(),
        edge.transform()
            + ": cannot encode "
            + subject
            + " of collection "
            + edge.collection()
            + " with "
            + coder
            + ": "
            + reason(cause)
            + advice(part, value, cause),
        cause);
  }

  /** Something could not be decoded; parameters as in {@link #encoding}. */
  static CodingException decoding(EdgeCoders edge, String part, Coder<?> coder, Throwable cause) {
    return new CodingException(
        edge.transform(),
        edge.transform()
            + ": cannot decode the "
            + part
            + " of an element of collection "
            + edge.collection()
            + " with "
            + coder
            + ": "
            + reason(cause)
            + ". Check that the coder reads exactly what it writes.",
        cause);
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getName() : message;
  }

  private static String advice(String part, @Nullable Object value, Throwable cause) {
    if (cause instanceof ElementTooLargeException) {
      return ". Split the element into smaller ones.";
    }
    if (value == null) {
      return ". Remove elements with a null "
          + part
          + " before this transform, or give the collection a coder that takes null, such as"
          + " NullableCoder.";
    }
    return ". Set a coder that can encode every element of the collection, with"
        + " PCollection.setCoder.";
  }
}
