package dev.tidemark.runner.stage.group;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarIntCoder;

/**
 * What the keys of one key group have in common in one window.
 *
 * <p>Immutable.
 *
 * @param lists how many lists of keys there are
 * @param pending whether any of them has values that wait for the end of the window
 * @param holdMillis the lowest timestamp of their next panes, or {@link Group#NO_TIMESTAMP}
 */
record WindowShare(int lists, boolean pending, long holdMillis) {
  static final WindowShare EMPTY = new WindowShare(0, false, Group.NO_TIMESTAMP);
  static final Coder CODER = new Coder();

  /** Where values wait, too, whose pane has this timestamp. */
  WindowShare with(long timestampMillis) {
    return pending && timestampMillis >= holdMillis
        ? this
        : new WindowShare(lists, true, Math.min(timestampMillis, holdMillis));
  }

  /** Where nothing waits any more. */
  WindowShare settled() {
    return new WindowShare(lists, false, Group.NO_TIMESTAMP);
  }

  /** With one list of keys more. */
  WindowShare withList() {
    return new WindowShare(lists + 1, pending, holdMillis);
  }

  /** Writes shares. Immutable. */
  static final class Coder extends CustomCoder<WindowShare> {
    @Override
    public void encode(WindowShare share, OutputStream out) throws IOException {
      VarIntCoder.of().encode(share.lists, out);
      BooleanCoder.of().encode(share.pending, out);
      BigEndianLongCoder.of().encode(share.holdMillis, out);
    }

    @Override
    public WindowShare decode(InputStream in) throws IOException {
      return new WindowShare(
          VarIntCoder.of().decode(in),
          BooleanCoder.of().decode(in),
          BigEndianLongCoder.of().decode(in));
    }
  }
}
