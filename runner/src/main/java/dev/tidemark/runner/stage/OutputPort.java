package dev.tidemark.runner.stage;

import org.apache.beam.sdk.values.WindowedValue;

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
}
