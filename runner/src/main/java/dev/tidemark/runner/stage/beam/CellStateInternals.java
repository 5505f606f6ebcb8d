package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.jspecify.annotations.Nullable;

/**
 * Beam's state of one key over the cells of that key.
 *
 * <p>A cell's id is the tag's id with Beam's prefix for system or user state, so that the two never
 * meet. Asking twice for one address gives the same object, which Beam's merging of windows relies
 * on.
 *
 * <p>Owned by the lane; good for one element or timer, as the cells are.
 */
final class CellStateInternals implements StateInternals {
  private final Cells cells;
  private final @Nullable Object key;
  private final Map<StateNamespace, Map<String, State>> states = new HashMap<>();

  CellStateInternals(Cells cells, @Nullable Object key) {
    this.cells = cells;
    this.key = key;
  }

  /** The id of the cell that a tag stands for. */
  static String cellId(StateTag<?> tag) {
    StringBuilder id = new StringBuilder();
    try {
      tag.appendTo(id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return id.toString();
  }

  @Override
  @SuppressWarnings("NullAway") // Beam's interface does not say so, but keys may be null
  public Object getKey() {
    return key;
  }

  @Override
  @SuppressWarnings("unchecked") // one address always has one kind of state
  public <T extends State> T state(
      StateNamespace namespace, StateTag<T> address, StateContext<?> context) {
    Map<String, State> inNamespace = states.computeIfAbsent(namespace, any -> new HashMap<>());
    String id = cellId(address);
    T state = (T) inNamespace.get(id);
    if (state == null) {
      state =
          address.getSpec().bind(id, new CellStateBinder(cells, namespace.stringKey(), context));
      inNamespace.put(id, state);
    }
    return state;
  }
}
