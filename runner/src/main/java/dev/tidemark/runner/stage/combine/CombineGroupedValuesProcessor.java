package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.failing.ElementGuard;
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
  private @Nullable Opened opened;

  /** What there is once the processor is open. */
  private record Opened(
      NodeContext context, Combiner combiner, OutputPort output, @Nullable ElementGuard guard) {}

  /** Makes one for a node of this operation. */
  public CombineGroupedValuesProcessor(Operation.CombineGroupedValues operation) {
    this.operation = operation;
  }

  @Override
  public void open(NodeContext context) {
    opened =
        new Opened(
            context,
            Combiner.of(operation.payload(), context),
            context.output(context.node().outputs().values().iterator().next()),
            ElementGuard.of(context));
  }

  @Override
  public void process(WindowedValue<?> element) {
    Opened node = opened;
    if (node == null) {
      throw new IllegalStateException("not open");
    }
    if (node.guard() == null) {
      combine(node, element);
    } else {
      node.guard().around(element, node.context()::afterCommit, () -> combine(node, element));
    }
  }

  private static void combine(Opened node, WindowedValue<?> element) {
    Combiner combiner = node.combiner();
    KV<?, ?> group = (KV<?, ?>) element.getValue();
    Object accumulator = combiner.create();
    for (Object value : (Iterable<?>) group.getValue()) {
      accumulator = combiner.add(accumulator, value);
    }
    node.output().accept(element.withValue(KV.of(group.getKey(), combiner.extract(accumulator))));
  }
}
