package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * The outputs of a node by tag.
 *
 * <p>Owned by the lane.
 */
final class Outputs implements WindowedValueMultiReceiver {
  private final String transform;
  private final Map<String, OutputPort> ports = new HashMap<>();
  private final Map<TupleTag<?>, Coder<?>> coders = new HashMap<>();

  Outputs(NodeContext context) {
    this.transform = context.node().fullName();
    context
        .node()
        .outputs()
        .forEach(
            (tag, collection) -> {
              ports.put(tag, context.output(collection));
              coders.put(new TupleTag<>(tag), context.components().coder(collection));
            });
  }

  /** The coders of the outputs. */
  Map<TupleTag<?>, Coder<?>> coders() {
    return coders;
  }

  @Override
  public <T> void output(TupleTag<T> tag, WindowedValue<T> value) {
    OutputPort port = ports.get(tag.getId());
    if (port == null) {
      throw new IllegalArgumentException(
          transform + " emits to the tag " + tag + ", which withOutputTags does not name");
    }
    port.accept(value);
  }
}
