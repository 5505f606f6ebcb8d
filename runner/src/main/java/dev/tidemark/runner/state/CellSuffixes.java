package dev.tidemark.runner.state;

import org.jspecify.annotations.Nullable;

/**
 * Remembers how the last cell's id and namespace are written: most cells of a node that are written
 * one after the other differ in their key only.
 *
 * <p>Owned by the lane.
 */
final class CellSuffixes {
  private String lastId = "";
  private String lastNamespace = "";
  private byte @Nullable [] last;

  /** See {@link KeyLayout#cellSuffix}; not to be changed. */
  byte[] of(String id, String namespace) {
    byte[] suffix = last;
    if (suffix == null || !id.equals(lastId) || !namespace.equals(lastNamespace)) {
      suffix = KeyLayout.cellSuffix(id, namespace);
      last = suffix;
      lastId = id;
      lastNamespace = namespace;
    }
    return suffix;
  }
}
