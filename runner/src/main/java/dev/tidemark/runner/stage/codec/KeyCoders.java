package dev.tidemark.runner.stage.codec;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;

/** Checks of the coders of collections that are grouped by key. */
public final class KeyCoders {

  private KeyCoders() {}

  /**
   * Checks that elements can be grouped by their encoded keys.
   *
   * @param elementCoder the coder of the collection
   * @param fullName the full name of the transform that groups it
   * @throws IllegalArgumentException if the collection is not one of keys and values, or if equal
   *     keys may be encoded differently
   */
  public static void check(Coder<?> elementCoder, String fullName) {
    Coder<?> keyCoder = kvCoder(elementCoder, fullName).getKeyCoder();
    try {
      keyCoder.verifyDeterministic();
    } catch (Coder.NonDeterministicException e) {
      throw new IllegalArgumentException(
          fullName
              + ": the key coder "
              + keyCoder
              + " is not deterministic, so that equal keys may be encoded differently and would not"
              + " be grouped: "
              + String.join("; ", e.getReasons())
              + ". Set a deterministic key coder on the input, with"
              + " setCoder(KvCoder.of(keyCoder, valueCoder)).",
          e);
    }
  }

  /**
   * The coder as one of keys and values.
   *
   * @throws IllegalArgumentException if it is none
   */
  static KvCoder<?, ?> kvCoder(Coder<?> elementCoder, String fullName) {
    if (elementCoder instanceof KvCoder<?, ?> kvCoder) {
      return kvCoder;
    }
    throw new IllegalArgumentException(
        fullName
            + " groups its input by key, but the coder of the input is "
            + elementCoder
            + " and not a KvCoder. Set one on the input, with"
            + " setCoder(KvCoder.of(keyCoder, valueCoder)).");
  }
}
