package dev.tidemark.portability.bundle;

import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.jspecify.annotations.Nullable;

/**
 * A timer as it travels between runner and SDK, {@code beam:coder:timer:v1}.
 *
 * <p>Immutable.
 *
 * @param key the user's key
 * @param tag its name within its family
 * @param windows the windows that it is set in
 * @param cleared whether it is deleted; the times mean nothing then
 * @param fireMillis when it fires, as the user said it
 * @param holdMillis the timestamp of what it emits
 * @param pane the pane of the element that set it
 */
record WireTimer(
    @Nullable Object key,
    String tag,
    List<BoundedWindow> windows,
    boolean cleared,
    long fireMillis,
    long holdMillis,
    PaneInfo pane) {
  WireTimer {
    windows = List.copyOf(windows);
  }
}
