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
  private Held held = new Held();
  private @Nullable BoundedWindow window;
  private String namespace = "";
  private long expiryMillis;

  KeyAndWindow(WindowingStrategy<?, ?> windowing) {
    this.namespaces = new WindowNamespaces(windowing.getWindowFn().windowCoder());
    this.lateness = new Lateness(windowing);
  }

  /** Begins a bundle. */
  void startBundle() {
    Held next = new Held();
    next.key = held.key;
    held = next;
  }

  /**
   * What comes next is for this key and window.
   *
   * @return whether that is the same as before
   */
  boolean enter(Key newKey, BoundedWindow newWindow) {
    boolean same = newKey.equals(held.key);
    held.key = newKey;
    if (!newWindow.equals(window)) {
      same = false;
      window = newWindow;
      namespace = namespaces.of(newWindow);
      expiryMillis = lateness.expiryMillis(newWindow);
    }
    return same;
  }

  /** What comes next is for this key and the window of a namespace. */
  void enter(Key newKey, String ofNamespace) {
    if (window == null || !ofNamespace.equals(namespace)) {
      enter(newKey, namespaces.window(ofNamespace));
    } else {
      held.key = newKey;
    }
  }

  Key key() {
    Key key = held.key;
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

  /** Each bundle has one of its own, as {@link FunctionOutputs} have an origin. */
  private static final class Held {
    private @Nullable Key key;
  }
}
