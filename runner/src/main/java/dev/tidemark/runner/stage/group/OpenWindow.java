package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Key;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * A window in which a node has groups in this lane; see {@link OpenWindows}.
 *
 * <p>Owned by the lane.
 */
final class OpenWindow implements GroupWindow {
  private final BoundedWindow window;
  private final String namespace;
  private final long endMillis;
  private final long expiryMillis;

  /** By the key under which the share is kept. */
  private final Map<Key, WindowShare> shares = new LinkedHashMap<>();

  private long dueMillis = Long.MAX_VALUE;

  OpenWindow(BoundedWindow window, String namespace, long expiryMillis) {
    this.window = window;
    this.namespace = namespace;
    this.endMillis = window.maxTimestamp().getMillis();
    this.expiryMillis = expiryMillis;
  }

  @Override
  public BoundedWindow window() {
    return window;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public long end() {
    return endMillis;
  }

  /** The end of the lateness that it allows, in milliseconds. */
  long expiry() {
    return expiryMillis;
  }

  /** Its keys by key group. */
  Map<Key, WindowShare> shares() {
    return shares;
  }

  /** When there is something to do for it once the watermark has passed that, in milliseconds. */
  long due() {
    return dueMillis;
  }

  void setDue(long millis) {
    dueMillis = millis;
  }
}
