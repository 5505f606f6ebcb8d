package dev.tidemark.runner.state;

import org.jspecify.annotations.Nullable;

/**
 * Decodes the keys of a node, which state only keeps encoded.
 *
 * <p>Owned by the lane.
 */
@FunctionalInterface
public interface KeyDecoder {
  /**
   * Decodes what the node's key coder wrote in the outer context; null if the user's key is null.
   */
  @Nullable Object decode(byte[] encodedKey) throws Exception;
}
