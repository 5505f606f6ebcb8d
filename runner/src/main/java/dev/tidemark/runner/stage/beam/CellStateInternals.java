package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
 * <p>Asking twice for one address gives the same object, which Beam's merging of windows relies on.
 *
 * <p>Owned by the lane; good for one element or timer, as the cells are.
 */
final class CellStateInternals implements StateInternals {
  /** Up to so many states are looked for one by one; most elements use two or three. */
  private static final int SCANNED = 8;

  /** The address of a state, as cells have it. */
  private record Address(String namespace, String id) {}

  private record Bound(Address address, State state) {}

  private final Cells cells;
  private final @Nullable Object key;
  private final StateAddresses addresses;
  private final List<Bound> few = new ArrayList<>(2);
  private @Nullable Map<Address, State> many;

  /**
   * Makes the state of a key.
   *
   * @param addresses those of the node
   */
  CellStateInternals(Cells cells, @Nullable Object key, StateAddresses addresses) {
    this.cells = cells;
    this.key = key;
    this.addresses = addresses;
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
    String inNamespace = addresses.namespace(namespace);
    String id = addresses.cell(address);
    State state = find(inNamespace, id);
    if (state == null) {
      state = address.getSpec().bind(id, new CellStateBinder(cells, inNamespace, context));
      add(new Address(inNamespace, id), state);
    }
    return (T) state;
  }

  private @Nullable State find(String namespace, String id) {
    if (many != null) {
      return many.get(new Address(namespace, id));
    }
    for (int i = 0; i < few.size(); i++) {
      Bound bound = few.get(i);
      if (bound.address().id().equals(id) && bound.address().namespace().equals(namespace)) {
        return bound.state();
      }
    }
    return null;
  }

  private void add(Address address, State state) {
    if (many == null && few.size() < SCANNED) {
      few.add(new Bound(address, state));
      return;
    }
    Map<Address, State> index = many;
    if (index == null) {
      index = new HashMap<>();
      for (Bound bound : few) {
        index.put(bound.address(), bound.state());
      }
      few.clear();
      many = index;
    }
    index.put(address, state);
  }
}
