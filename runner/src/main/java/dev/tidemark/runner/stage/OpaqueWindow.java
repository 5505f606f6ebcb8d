package dev.tidemark.runner.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A window that only an SDK understands. Two are equal if they are encoded alike.
 *
 * <p>Immutable.
 */
public final class OpaqueWindow extends BoundedWindow {
  private final Instant maxTimestamp;
  private final byte[] encoded;

  private OpaqueWindow(Instant maxTimestamp, byte[] encoded) {
    this.maxTimestamp = maxTimestamp;
    this.encoded = encoded;
  }

  @Override
  public Instant maxTimestamp() {
    return maxTimestamp;
  }

  /** The window as the SDK's own coder encodes it; must not be changed. */
  public byte[] encoded() {
    return encoded;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueWindow window
        && maxTimestamp.equals(window.maxTimestamp)
        && Arrays.equals(encoded, window.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "window of " + encoded.length + " bytes until " + maxTimestamp;
  }

  /**
   * Encodes like {@code beam:coder:custom_window:v1} of a length prefix of the SDK's own coder.
   *
   * <p>Immutable.
   */
  public static final class Coder extends CustomCoder<OpaqueWindow> {
    @Override
    public void encode(OpaqueWindow window, OutputStream out) throws IOException {
      InstantCoder.of().encode(window.maxTimestamp, out);
      ByteArrayCoder.of().encode(window.encoded, out);
    }

    @Override
    public OpaqueWindow decode(InputStream in) throws IOException {
      Instant maxTimestamp = InstantCoder.of().decode(in);
      return new OpaqueWindow(maxTimestamp, ByteArrayCoder.of().decode(in));
    }

    @Override
    public void verifyDeterministic() {}

    @Override
    public boolean consistentWithEquals() {
      return true;
    }

    @Override
    public List<? extends org.apache.beam.sdk.coders.Coder<?>> getCoderArguments() {
      return List.of();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Coder;
    }

    @Override
    public int hashCode() {
      return Coder.class.hashCode();
    }
  }
}
