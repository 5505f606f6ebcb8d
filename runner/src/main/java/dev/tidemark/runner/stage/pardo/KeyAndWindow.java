package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.beam.Lateness;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The key and window that a function is called for. What follows from the window is nearly always
 * known from the call before.
 *
 * <p>Owned by the lane.
 */
final class KeyAndWindow {
  private final WindowNamespaces namespaces;
  private final Lateness lateness;
  private @Nullable Key key;
  private @Nullable BoundedWindow window;
  private String namespace = "";
  private long expiryMillis;

  KeyAndWindow(WindowingStrategy<?, ?> windowing) {
    this.namespaces = new WindowNamespaces(windowing.getWindowFn().windowCoder());
    this.lateness = new Lateness(windowing);
  }

  /** What comes next is for this key and window. */
  void enter(Key newKey, BoundedWindow newWindow) {
    key = newKey;
    if (!newWindow.equals(window)) {
      window = newWindow;
      namespace = namespaces.of(newWindow);
      expiryMillis = lateness.expiryMillis(newWindow);
    }
  }

  /** What comes next is for this key and the window of a namespace. */
  void enter(Key newKey, String ofNamespace) {
    if (window == null || !ofNamespace.equals(namespace)) {
      enter(newKey, namespaces.window(ofNamespace));
    } else {
      key = newKey;
    }
  }

  Key key() {
    if (key == null) {
      throw new IllegalStateException("no element or timer in hand");
    }
    return key;
  }

  BoundedWindow window() {
    if (window == null) {
      throw new IllegalStateException("no element or timer in hand");
    }
    return window;
  }

  /** The namespace of the window. */
  String namespace() {
    return namespace;
  }

  /** When the window is expired. */
  long expiryMillis() {
    return expiryMillis;
  }
}
