package dev.tidemark.runner.stage.beam;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateNamespaces.WindowAndTriggerNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * The string form of the namespaces that cells and timers are addressed by.
 *
 * <p>Owned by the lane.
 */
public final class WindowNamespaces {
  private final Coder<BoundedWindow> windowCoder;
  private @Nullable BoundedWindow lastWindow;
  private @Nullable String lastNamespace;

  /** Namespaces of windows that {@code windowCoder} encodes. */
  @SuppressWarnings("unchecked") // a windowing strategy has the coder of its own windows
  public WindowNamespaces(Coder<? extends BoundedWindow> windowCoder) {
    this.windowCoder = (Coder<BoundedWindow>) windowCoder;
  }

  /** The namespace of {@code window}. */
  public String of(BoundedWindow window) {
    String namespace = lastNamespace;
    if (namespace == null || !window.equals(lastWindow)) {
      namespace = StateNamespaces.window(windowCoder, window).stringKey();
      lastWindow = window;
      lastNamespace = namespace;
    }
    return namespace;
  }

  /**
   * The window that a namespace belongs to.
   *
   * @throws IllegalArgumentException if it is the namespace of no window
   */
  public BoundedWindow window(String namespace) {
    StateNamespace parsed = parse(namespace);
    if (parsed instanceof WindowNamespace<?> window) {
      return window.getWindow();
    }
    if (parsed instanceof WindowAndTriggerNamespace<?> window) {
      return window.getWindow();
    }
    throw new IllegalArgumentException("not the namespace of a window: " + namespace);
  }

  StateNamespace parse(String namespace) {
    return StateNamespaces.fromString(namespace, windowCoder);
  }
}
