package dev.tidemark.runner.stage.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/** A window of a user's own kind, which knows nothing but its name. */
final class NamedWindow extends BoundedWindow {
  static final Coder<NamedWindow> CODER = new NameCoder();

  private final String name;

  NamedWindow(String name) {
    this.name = name;
  }

  @Override
  public Instant maxTimestamp() {
    return Instant.ofEpochMilli(name.length());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedWindow window && window.name.equals(name);
  }

  @Override
  public int hashCode() {
    // Poor on purpose: windows that differ meet in hash tables.
    return name.length();
  }

  @Override
  public String toString() {
    return "window " + name;
  }

  private static final class NameCoder extends AtomicCoder<NamedWindow> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(NamedWindow window, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(window.name, out);
    }

    @Override
    public NamedWindow decode(InputStream in) throws IOException {
      return new NamedWindow(StringUtf8Coder.of().decode(in));
    }
  }
}
