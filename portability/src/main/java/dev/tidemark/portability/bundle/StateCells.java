package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.translation.graph.CellSpec;
import org.apache.beam.sdk.coders.ByteArrayCoder;

/**
 * The cells in which the state of functions in SDK harnesses is kept: opaque bytes, apart from what
 * the runner itself keeps for a node.
 */
final class StateCells {
  private StateCells() {}

  static Cells.BagCell<byte[]> bag(Cells cells, String namespace, String id) {
    return cells.bag(namespace, "bag/" + id, ByteArrayCoder.of());
  }

  static Cells.MultimapCell<byte[], byte[]> multimap(Cells cells, String namespace, String id) {
    return cells.multimap(namespace, "multimap/" + id, ByteArrayCoder.of(), ByteArrayCoder.of());
  }

  static Cells.OrderedListCell<byte[]> orderedList(Cells cells, String namespace, String id) {
    return cells.orderedList(namespace, "list/" + id, ByteArrayCoder.of());
  }

  /** Clears what a function declares. Which protocol an SDK keeps maps and sets by is its own. */
  static void clear(Cells cells, String namespace, CellSpec cell) {
    switch (cell.spec().getSpecCase()) {
      case ORDERED_LIST_SPEC -> orderedList(cells, namespace, cell.id()).clear();
      case MAP_SPEC, SET_SPEC, MULTIMAP_SPEC -> {
        multimap(cells, namespace, cell.id()).clear();
        bag(cells, namespace, cell.id()).clear();
      }
      default -> bag(cells, namespace, cell.id()).clear();
    }
  }
}
