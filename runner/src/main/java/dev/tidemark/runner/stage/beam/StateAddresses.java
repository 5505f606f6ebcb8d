package dev.tidemark.runner.stage.beam;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one node's cells as strings. Beam writes them anew for every element; they are
 * nearly always those of the element before.
 *
 * <p>Owned by the lane.
 */
final class StateAddresses {
  /** Nodes have a few; triggers make some for each of their parts. */
  private static final int MOST_IDS = 32;

  private final List<String> ids = new ArrayList<>();
  private final StringBuilder id = new StringBuilder();
  private StateNamespace lastNamespace = StateNamespaces.global();
  private @Nullable String lastNamespaceText;

  /** A namespace as the cells are addressed by it. */
  String namespace(StateNamespace namespace) {
    String text = lastNamespaceText;
    if (text == null || !namespace.equals(lastNamespace)) {
      text = namespace.stringKey();
      lastNamespace = namespace;
      lastNamespaceText = text;
    }
    return text;
  }

  /**
   * The id of the cell that a tag stands for: its own, with Beam's prefix for system or user state,
   * so that the two never meet.
   */
  String cell(StateTag<?> tag) {
    id.setLength(0);
    try {
      tag.appendTo(id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i).contentEquals(id)) {
        return ids.get(i);
      }
    }
    String text = id.toString();
    if (ids.size() < MOST_IDS) {
      ids.add(text);
    }
    return text;
  }
}
