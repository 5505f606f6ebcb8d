package dev.tidemark.portability.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Encodes timers as {@code beam:coder:timer:v1}. Beam's own class differs between the versions that
 * are supported.
 *
 * <p>Owned by the lane.
 *
 * @param keyCoder of the user's keys
 * @param windowCoder of the windows
 */
record TimerCodec(Coder<@Nullable Object> keyCoder, Coder<BoundedWindow> windowCoder) {

  void encode(WireTimer timer, OutputStream out) throws IOException {
    keyCoder.encode(timer.key(), out);
    StringUtf8Coder.of().encode(timer.tag(), out);
    IterableCoder.of(windowCoder).encode(timer.windows(), out);
    BooleanCoder.of().encode(timer.cleared(), out);
    if (!timer.cleared()) {
      InstantCoder.of().encode(Instant.ofEpochMilli(timer.fireMillis()), out);
      InstantCoder.of().encode(Instant.ofEpochMilli(timer.holdMillis()), out);
      PaneInfo.PaneInfoCoder.INSTANCE.encode(timer.pane(), out);
    }
  }

  WireTimer decode(InputStream in) throws IOException {
    Object key = keyCoder.decode(in);
    String tag = StringUtf8Coder.of().decode(in);
    List<BoundedWindow> windows = new ArrayList<>();
    IterableCoder.of(windowCoder).decode(in).forEach(windows::add);
    if (BooleanCoder.of().decode(in)) {
      return new WireTimer(key, tag, windows, true, 0, 0, PaneInfo.NO_FIRING);
    }
    return new WireTimer(
        key,
        tag,
        windows,
        false,
        InstantCoder.of().decode(in).getMillis(),
        InstantCoder.of().decode(in).getMillis(),
        PaneInfo.PaneInfoCoder.INSTANCE.decode(in));
  }
}
