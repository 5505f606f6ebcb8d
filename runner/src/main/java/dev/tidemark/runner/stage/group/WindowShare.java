package dev.tidemark.runner.stage.group;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.CustomCoder;

/**
 * What the keys of one key group have in common in one window.
 *
 * <p>Immutable.
 *
 * @param pending whether any of them has values that wait for the end of the window
 * @param holdMillis the lowest timestamp of their next panes, or {@link Group#NO_TIMESTAMP}
 */
record WindowShare(boolean pending, long holdMillis) {
  static final WindowShare IDLE = new WindowShare(false, Group.NO_TIMESTAMP);
  static final Coder CODER = new Coder();

  /** Where values wait, too, whose pane has this timestamp. */
  WindowShare with(long timestampMillis) {
    return pending && timestampMillis >= holdMillis
        ? this
        : new WindowShare(true, Math.min(timestampMillis, holdMillis));
  }

  /** Writes shares. Immutable. */
  static final class Coder extends CustomCoder<WindowShare> {
    @Override
    public void encode(WindowShare share, OutputStream out) throws IOException {
      BooleanCoder.of().encode(share.pending, out);
      BigEndianLongCoder.of().encode(share.holdMillis, out);
    }

    @Override
    public WindowShare decode(InputStream in) throws IOException {
      return new WindowShare(
          BooleanCoder.of().decode(in), BigEndianLongCoder.of().decode(in));
    }
  }
}
