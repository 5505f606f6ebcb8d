package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A cell as Java objects, with what has to be known to write only its changes.
 *
 * <p>Owned by the lane.
 */
abstract class StateCell implements Cells.Cell {
  private static final int NULL = 0;
  private static final int PRESENT = 1;

  private final KeyState owner;
  private final String namespace;
  private final String id;
  private boolean noted;
  private boolean dirty;
  private boolean detached;
  private long weight;
  private @Nullable StateCell nextOfKey;

  StateCell(KeyState owner, String namespace, String id) {
    this.owner = owner;
    this.namespace = namespace;
    this.id = id;
  }

  /** In which table the cell is kept. */
  abstract StateTable table();

  /** Writes all changes since the last call to the open overlay. */
  abstract void flush();

  /** Whether there is nothing in the objects that would be missed; reads nothing. */
  abstract boolean droppable();

  /** To be called with every change. */
  final void changed() {
    if (detached) {
      throw new IllegalStateException(this + " changes when it is not valid any more");
    }
    if (!noted || !dirty) {
      owner.cells().note(this);
    }
  }

  final NodeStorage storage() {
    return owner.cells().storage();
  }

  final boolean durable() {
    return storage().durable();
  }

  final OverlayChain chain() {
    return storage().chain();
  }

  /** The store key of this cell, or what its store keys begin with. */
  final Bytes storeKey() {
    NodeStorage storage = storage();
    return storage.layout().cell(table(), owner.key(), storage.suffixes().of(id, namespace));
  }

  /** What is kept of this cell, which is one entry; null for none. */
  final @Nullable Bytes stored() {
    byte[] suffix = storage().suffixes().of(id, namespace);
    return owner.cells().readAhead().read(table(), owner.key(), suffix);
  }

  /** Sets how many encoded bytes are behind the objects. */
  final void weigh(long bytes) {
    if (durable()) {
      owner.cells().weigh(bytes - weight);
      weight = bytes;
    }
  }

  final void weighMore(long bytes) {
    weigh(weight + bytes);
  }

  /** Writes a value, which may be null whatever the coder says. */
  final <T extends @Nullable Object> void encode(
      Coder<T> coder, @Nullable T value, ByteWriter out) {
    if (value == null) {
      out.write(NULL);
    } else {
      out.write(PRESENT);
      encodePlainly(coder, value, out);
    }
  }

  /** Reads what {@link #encode} wrote. */
  final <T extends @Nullable Object> @Nullable T decode(Coder<T> coder, ByteReader in) {
    return in.readByte() == NULL ? null : decodePlainly(coder, in);
  }

  /** Writes a key of a map: as the coder does, as that is its identity. */
  final <T extends @Nullable Object> void encodePlainly(Coder<T> coder, T value, ByteWriter out) {
    try {
      coder.encode(value, out);
    } catch (IOException | RuntimeException e) {
      String kind = value == null ? "null" : "a value of " + value.getClass().getName();
      throw failure("coder " + coder + " cannot encode " + kind, e);
    }
  }

  final <T extends @Nullable Object> T decodePlainly(Coder<T> coder, ByteReader in) {
    try {
      return coder.decode(in);
    } catch (IOException | RuntimeException e) {
      throw failure("coder " + coder + " cannot decode what is stored", e);
    }
  }

  /** The identity of a key of a map. */
  final <T extends @Nullable Object> Bytes identity(Coder<T> coder, T key) {
    ByteWriter out = new ByteWriter();
    encodePlainly(coder, key, out);
    return out.toBytes();
  }

  /** Notes that this object is not the cell of its address any more. */
  final void detach() {
    detached = true;
  }

  /** The next cell of the same key, if they are chained. */
  final @Nullable StateCell nextOfKey() {
    return nextOfKey;
  }

  final void setNextOfKey(@Nullable StateCell next) {
    nextOfKey = next;
  }

  final KeyState owner() {
    return owner;
  }

  final boolean isAt(String otherNamespace, String otherId) {
    return id.equals(otherId) && namespace.equals(otherNamespace);
  }

  final String namespace() {
    return namespace;
  }

  final String id() {
    return id;
  }

  final boolean isNoted() {
    return noted;
  }

  final void setNoted(boolean value) {
    noted = value;
  }

  final boolean isDirty() {
    return dirty;
  }

  final void setDirty(boolean value) {
    dirty = value;
  }

  @Override
  public String toString() {
    return "state cell '" + id + "' of " + storage().node();
  }

  private StateException failure(String what, Exception cause) {
    return new StateException(this + ": " + what + ": " + cause.getMessage(), cause);
  }
}
