package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.beam.ReduceFnGroups;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.jspecify.annotations.Nullable;

/**
 * All values of a group, in a bag: the one in which Beam's classes would keep them.
 *
 * <p>Owned by the lane.
 */
public final class GroupedValues implements GroupContents {
  private final Coder<@Nullable Object> valueCoder;

  private GroupedValues(Coder<@Nullable Object> valueCoder) {
    this.valueCoder = valueCoder;
  }

  /** Those of a {@code GroupByKey}. */
  @SuppressWarnings("unchecked") // the graph says that values are of the coder's type
  public static GroupContents of(NodeContext context) {
    EdgeCoders edge =
        EdgeCoders.of(
            context.components(), context.node().inputs().get(0), context.node().fullName());
    return new GroupedValues((Coder<@Nullable Object>) edge.kvCoder().getValueCoder());
  }

  private Cells.BagCell<@Nullable Object> bag(Cells cells, String namespace) {
    return cells.bag(namespace, ReduceFnGroups.VALUES, valueCoder);
  }

  @Override
  public Coder<?> accumulatorCoder() {
    return VoidCoder.of();
  }

  @Override
  @SuppressWarnings("NullAway") // whether null is a value is the coder's matter
  public void add(
      Cells cells, String namespace, Group group, @Nullable Object value, boolean shared) {
    bag(cells, namespace).add(value);
  }

  @Override
  public void merge(
      Cells cells, String namespace, Group group, String otherNamespace, Group other) {
    Cells.BagCell<@Nullable Object> values = bag(cells, namespace);
    Cells.BagCell<@Nullable Object> others = bag(cells, otherNamespace);
    others.read().forEach(values::add);
    others.clear();
  }

  @Override
  public Object result(Cells cells, String namespace, Group group, boolean last) {
    return bag(cells, namespace).read();
  }

  @Override
  public void clear(Cells cells, String namespace, Group group) {
    bag(cells, namespace).clear();
  }

  @Override
  public boolean adopt(Cells cells, String namespace, String cellId, Group group) {
    return !bag(cells, namespace).isEmpty();
  }
}
