package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.CollectionId;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * How the elements of one edge are encoded, and what to call it in messages.
 *
 * <p>Immutable, but the coders are a user's: one for each lane.
 *
 * @param transform the full name of the transform that takes the elements
 * @param collection the name of the collection
 * @param elementCoder encodes the elements
 * @param windowCoder encodes their windows
 */
public record EdgeCoders(
    String transform,
    String collection,
    Coder<?> elementCoder,
    Coder<? extends BoundedWindow> windowCoder) {

  /**
   * The coders of a collection.
   *
   * @param transform the full name of the transform that takes it
   */
  public static EdgeCoders of(Components components, CollectionId collection, String transform) {
    return new EdgeCoders(
        transform,
        components.graph().collection(collection).name(),
        components.coder(collection),
        components.windowing(collection).getWindowFn().windowCoder());
  }

  /**
   * The element coder as one of keys and values.
   *
   * @throws IllegalArgumentException if it is none
   */
  public KvCoder<?, ?> kvCoder() {
    return KeyCoders.kvCoder(elementCoder, transform);
  }
}
