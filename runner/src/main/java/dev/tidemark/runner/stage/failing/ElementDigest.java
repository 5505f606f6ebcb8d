package dev.tidemark.runner.stage.failing;

import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.FailedElement;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Makes the identity of elements from their encoding.
 *
 * <p>Owned by one thread, as its coders are.
 */
final class ElementDigest {
  private static final int MOST_TEXT = 1_000;

  private final Coder<BoundedWindow> windowCoder;
  private final Coder<Object> elementCoder;
  private final @Nullable Coder<Object> restrictionCoder;

  @SuppressWarnings("unchecked") // the types are those of the elements
  ElementDigest(
      Coder<? extends BoundedWindow> windowCoder,
      Coder<?> elementCoder,
      @Nullable Coder<?> restrictionCoder) {
    this.windowCoder = (Coder<BoundedWindow>) windowCoder;
    this.elementCoder = (Coder<Object>) elementCoder;
    this.restrictionCoder = (Coder<Object>) restrictionCoder;
  }

  FailedElement.Identity identity(
      String transform, WindowedValue<?> element, @Nullable Object restriction) throws IOException {
    return identity(transform, element, encoded(element), restriction);
  }

  private byte[] encoded(WindowedValue<?> element) throws IOException {
    ByteOutput out = new ByteOutput();
    elementCoder.encode(element.getValue(), out, Coder.Context.OUTER);
    return out.toByteArray();
  }

  private FailedElement.Identity identity(
      String transform, WindowedValue<?> element, byte[] encoded, @Nullable Object restriction)
      throws IOException {
    ByteOutput out = new ByteOutput();
    for (BoundedWindow window : element.getWindows()) {
      windowCoder.encode(window, out);
    }
    BigEndianLongCoder.of().encode(element.getTimestamp().getMillis(), out);
    ByteArrayCoder.of().encode(encoded, out);
    if (restrictionCoder != null && restriction != null) {
      restrictionCoder.encode(restriction, out);
    }
    return new FailedElement.Identity(
        transform, HexFormat.of().formatHex(sha256().digest(out.toByteArray())));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  FailedElement describe(String transform, WindowedValue<?> element, @Nullable Object restriction)
      throws IOException {
    byte[] encoded = encoded(element);
    List<String> windows = new ArrayList<>();
    element.getWindows().forEach(window -> windows.add(text(window)));
    return new FailedElement(
        identity(transform, element, encoded, restriction),
        windows,
        element.getTimestamp(),
        element.getPaneInfo(),
        encoded,
        text(element.getValue()),
        element.getValue() instanceof KV<?, ?> kv ? text(kv.getKey()) : null,
        restriction == null ? null : text(restriction));
  }

  /** The user's own words may fail as well as his function. */
  private static String text(@Nullable Object value) {
    String text;
    try {
      text = value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
    } catch (RuntimeException e) {
      return "its toString() fails: " + e.getClass().getName();
    }
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "...";
  }
}
