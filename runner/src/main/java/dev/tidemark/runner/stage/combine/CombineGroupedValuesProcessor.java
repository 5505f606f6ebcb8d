package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Combines the values of each {@code KV<K, Iterable<V>>} into {@code KV<K, OutputT>}, keeping
 * windows, timestamp and pane. Keeps nothing between elements.
 *
 * <p>Owned by the lane.
 */
public final class CombineGroupedValuesProcessor implements NodeProcessor {
  private final Operation.CombineGroupedValues operation;
  private @Nullable Combiner combiner;
  private @Nullable OutputPort output;

  /** Makes one for a node of this operation. */
  public CombineGroupedValuesProcessor(Operation.CombineGroupedValues operation) {
    this.operation = operation;
  }

  @Override
  public void open(NodeContext context) {
    combiner = Combiner.of(operation.payload(), context);
    output = context.output(context.node().outputs().values().iterator().next());
  }

  @Override
  public void process(WindowedValue<?> element) {
    if (combiner == null || output == null) {
      throw new IllegalStateException("not open");
    }
    KV<?, ?> group = (KV<?, ?>) element.getValue();
    Object accumulator = combiner.create();
    for (Object value : (Iterable<?>) group.getValue()) {
      accumulator = combiner.add(accumulator, value);
    }
    output.accept(element.withValue(KV.of(group.getKey(), combiner.extract(accumulator))));
  }
}
