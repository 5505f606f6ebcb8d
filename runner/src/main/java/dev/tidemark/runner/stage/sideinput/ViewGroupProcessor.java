package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.group.BatchGroupingProcessor;
import dev.tidemark.runner.stage.group.GroupTable;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Groups a collection that is shown as a side input, where all input is bounded and windows do not
 * merge: emits for each window what a {@link MaterializeProcessor} publishes, and holds in memory
 * no more than that may.
 *
 * <p>Owned by the lane.
 */
public final class ViewGroupProcessor extends BatchGroupingProcessor {
  private final SpillSpace space;

  /** Makes one whose large groups go to {@code space}. */
  public ViewGroupProcessor(SpillSpace space) {
    this.space = space;
  }

  @Override
  protected Groups groups(NodeContext context, EdgeCoders edge, WindowingStrategy<?, ?> windowing) {
    EdgeCoders coders =
        new EdgeCoders(
            edge.transform(),
            edge.collection(),
            edge.kvCoder().getValueCoder(),
            edge.windowCoder());
    return new Gathered(new WindowContents(space, coders));
  }

  private record Gathered(WindowContents contents) implements Groups {
    @Override
    public void take(GroupTable table, int count, RecordBatch page) {
      for (int i = 0; i < count; i++) {
        contents.append(table.group(i), page, table.element(i));
      }
    }

    @Override
    public SideInputContents result(int[] groups) {
      return contents.of(groups[0]);
    }
  }
}
