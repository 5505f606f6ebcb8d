package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The state of a stateful function as one try of a bundle sees and changes it. Nothing reaches the
 * node's cells before {@link #commit}. What the SDK appends are bytes that only it can read.
 *
 * <p>Owned by the lane.
 */
final class UserState {
  /** What a bundle has changed of one cell. */
  interface Overlay {
    void commit();
  }

  private record Address(ByteString key, ByteString window, String id) {}

  private final NodeContext context;
  private final WireKeys keys;
  private final @Nullable Key only;
  private final WireCoding coding;
  private final WindowNamespaces namespaces;
  private final Map<ByteString, Key> knownKeys = new HashMap<>();
  private final Map<ByteString, String> knownWindows = new HashMap<>();
  private final Map<Address, Overlay> overlays = new LinkedHashMap<>();

  /**
   * The state of a node.
   *
   * @param only the key of all that is asked for, if the SDK may not name it; else null
   */
  UserState(NodeContext context, WireCoding coding, @Nullable Key only) {
    this.context = context;
    this.only = only;
    this.coding = coding;
    this.keys = new WireKeys(coding.keyCoder());
    this.namespaces = new WindowNamespaces(coding.windowCoder());
  }

  /** A bag, or a value: a bag that is cleared before it is written. */
  BagOverlay bag(ByteString key, ByteString window, String id) {
    return overlay(
        key,
        window,
        id,
        BagOverlay.class,
        place ->
            new BagOverlay(() -> StateCells.bag(place.get().cells(), place.get().namespace(), id)));
  }

  /** A multimap, or a map or set. */
  MultimapOverlay multimap(ByteString key, ByteString window, String id) {
    return overlay(
        key,
        window,
        id,
        MultimapOverlay.class,
        place ->
            new MultimapOverlay(
                () -> StateCells.multimap(place.get().cells(), place.get().namespace(), id)));
  }

  /** A list sorted by time. */
  OrderedListOverlay orderedList(ByteString key, ByteString window, String id) {
    return overlay(
        key,
        window,
        id,
        OrderedListOverlay.class,
        place ->
            new OrderedListOverlay(
                () -> StateCells.orderedList(place.get().cells(), place.get().namespace(), id)));
  }

  /** How the entries of a map or multimap are encoded. */
  MultimapEntries entries(String id) {
    return MultimapEntries.of(context.components(), context.node(), id);
  }

  /** The cells of a key, and the namespace of a window. */
  private record Place(Cells cells, String namespace) {}

  /** Cells are valid only until the next call of the node, so they are looked up each time. */
  private <O extends Overlay> O overlay(
      ByteString key,
      ByteString window,
      String id,
      Class<O> type,
      Function<Supplier<Place>, O> overlay) {
    Overlay found =
        overlays.computeIfAbsent(
            new Address(key, window, id),
            address ->
                overlay.apply(
                    () -> new Place(context.cells().forKey(key(key)), namespace(window))));
    if (!type.isInstance(found)) {
      throw new IllegalArgumentException("the state \"" + id + "\" is of two kinds at once");
    }
    return type.cast(found);
  }

  private Key key(ByteString nested) {
    return only == null ? knownKeys.computeIfAbsent(nested, keys::key) : only;
  }

  private String namespace(ByteString window) {
    return knownWindows.computeIfAbsent(
        window,
        bytes -> {
          try {
            return namespaces.of(coding.windowCoder().decode(bytes.newInput()));
          } catch (IOException e) {
            throw new UncheckedIOException("a window that the SDK sent cannot be read", e);
          }
        });
  }

  /** Writes everything into the cells. */
  void commit() {
    overlays.values().forEach(Overlay::commit);
  }
}
