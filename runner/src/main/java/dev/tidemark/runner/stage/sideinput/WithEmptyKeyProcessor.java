package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Gives every element the same, empty key, so that a collection can be grouped as a whole.
 *
 * <p>Owned by the lane.
 */
public final class WithEmptyKeyProcessor implements NodeProcessor {
  private static final byte[] EMPTY_KEY = new byte[0];

  private OutputPort output = element -> {};

  @Override
  public void open(NodeContext context) {
    output = context.output(context.node().outputs().values().iterator().next());
  }

  @Override
  public void process(WindowedValue<?> element) {
    output.accept(element.withValue(KV.of(EMPTY_KEY, element.getValue())));
  }
}
