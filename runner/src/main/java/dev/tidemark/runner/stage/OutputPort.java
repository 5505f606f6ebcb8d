package dev.tidemark.runner.stage;

import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Where an operator puts the elements of one collection; the next operators take them by direct
 * call, or they are encoded into an exchange.
 *
 * <p>Owned by the lane.
 */
@FunctionalInterface
public interface OutputPort {
  /**
   * Hands over one element, with its windows, timestamp and pane.
   *
   * @throws RuntimeException what a downstream operator threw; the caller passes it on untouched
   */
  void accept(WindowedValue<?> element);

  /**
   * Hands over one element that differs from another one by its value only: so that there need be
   * no object for it where nobody asks for more than the value.
   *
   * @param value the element itself
   * @param like has windows, timestamp and pane of the element, and any value
   * @throws RuntimeException what a downstream operator threw; the caller passes it on untouched
   */
  default void accept(@Nullable Object value, WindowedValue<?> like) {
    accept(element(value, like));
  }

  /** The element {@code value}, with all that {@code like} has beside its value. */
  static WindowedValue<?> element(@Nullable Object value, WindowedValue<?> like) {
    return value == like.getValue() ? like : like.withValue(value);
  }
}
