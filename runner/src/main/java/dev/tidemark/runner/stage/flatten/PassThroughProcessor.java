package dev.tidemark.runner.stage.flatten;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Passes every element on as it is: {@link Operation.Flatten}, whose inputs meet here, and {@link
 * Operation.Redistribute}, whose work is done by its input edge.
 *
 * <p>Owned by the lane.
 */
public final class PassThroughProcessor implements NodeProcessor {
  private @Nullable OutputPort output;

  @Override
  public void open(NodeContext context) {
    output = context.output(context.node().outputs().values().iterator().next());
  }

  @Override
  public void process(WindowedValue<?> element) {
    output().accept(element);
  }

  @Override
  public void process(@Nullable Object value, WindowedValue<?> like) {
    output().accept(value, like);
  }

  private OutputPort output() {
    if (output == null) {
      throw new IllegalStateException("not open");
    }
    return output;
  }
}
