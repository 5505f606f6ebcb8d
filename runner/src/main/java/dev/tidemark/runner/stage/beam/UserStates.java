package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.state.StateContexts;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.jspecify.annotations.Nullable;

/**
 * The state that a function declares, over the cells of the key and window in hand.
 *
 * <p>Owned by the lane.
 */
public final class UserStates {
  private final KeyedCells cells;
  private final Slot[] slots;
  private Binding binding;

  /** One state that is declared. */
  private static final class Slot {
    final String id;
    final String cellId;
    final StateSpec<?> spec;
    final int index;

    Slot(int index, String id, StateSpec<State> spec) {
      this.index = index;
      // Beam asks with constants.
      this.id = id.intern();
      this.cellId = new StateAddresses().cell(StateTags.tagForSpec(id, spec));
      this.spec = spec;
    }
  }

  /** The state that {@code function} keeps in {@code cells}. */
  @SuppressWarnings("unchecked") // a state's declaration is a state's declaration
  public UserStates(UserFunction function, KeyedCells cells) {
    this.cells = cells;
    List<Slot> found = new ArrayList<>();
    DoFnSignatures.signatureForDoFn(function.fn())
        .stateDeclarations()
        .forEach(
            (id, declaration) ->
                found.add(
                    new Slot(
                        found.size(),
                        id,
                        (StateSpec<State>) valueOf(declaration.field(), function))));
    this.slots = found.toArray(Slot[]::new);
    this.binding = new Binding(slots.length);
  }

  /** Whether there is any. */
  public boolean areDeclared() {
    return slots.length > 0;
  }

  /** What a field of the function's holds: the declaration of a state or timer. */
  public static Object valueOf(Field field, UserFunction function) {
    try {
      Object value = field.get(function.fn());
      if (value == null) {
        throw new IllegalStateException("the field " + field + " is null");
      }
      return value;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the field " + field + " cannot be read", e);
    }
  }

  /** From now on the state is that of {@code newKey} in the window of {@code newNamespace}. */
  public void bind(Key newKey, String newNamespace) {
    Binding bound = binding;
    int current = cells.generation();
    if (!newKey.equals(bound.key) || bound.generation != current) {
      bound.key = newKey;
      bound.generation = current;
      bound.cells = null;
    } else if (newNamespace.equals(bound.namespace)) {
      return;
    }
    bound.namespace = newNamespace;
    Arrays.fill(bound.states, null);
  }

  /** Lets go of the key: cells are valid until the end of a bundle only. */
  public void unbind() {
    binding = new Binding(slots.length);
  }

  /** The cells of the key in hand. */
  public Cells cells() {
    Binding bound = binding;
    Cells ofKey = bound.cells;
    if (ofKey == null) {
      if (bound.key == null) {
        throw new IllegalStateException("state was asked for outside of an element or timer");
      }
      ofKey = cells.forKey(bound.key);
      bound.cells = ofKey;
    }
    return ofKey;
  }

  /**
   * The state that is declared with {@code id}.
   *
   * @throws IllegalStateException if none is
   */
  @SuppressWarnings("ReferenceEquality") // constants nearly always are the same
  public State get(String id) {
    for (Slot slot : slots) {
      if (slot.id == id) {
        return get(slot);
      }
    }
    for (Slot slot : slots) {
      if (slot.id.equals(id)) {
        return get(slot);
      }
    }
    throw new IllegalStateException("state not found: " + id);
  }

  private State get(Slot slot) {
    Binding bound = binding;
    State state = bound.states[slot.index];
    if (state == null) {
      StateContext<?> none = StateContexts.nullContext();
      state = slot.spec.bind(slot.cellId, new CellStateBinder(cells(), bound.namespace, none));
      bound.states[slot.index] = state;
    }
    return state;
  }

  /** Forgets all state of the key and window in hand. */
  public void clear() {
    for (Slot slot : slots) {
      get(slot).clear();
    }
  }

  /**
   * What the declared states are for now. Each bundle has one of its own, as it changes with every
   * element: what is written into an object that has become old, the garbage collector has to be
   * told.
   */
  private static final class Binding {
    private final @Nullable State[] states;
    private @Nullable Key key;
    private String namespace = "";
    private int generation;
    private @Nullable Cells cells;

    Binding(int states) {
      this.states = new @Nullable State[states];
    }
  }
}
