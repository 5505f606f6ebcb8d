package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.SideInputPublisher;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.KeyEncoder;
import dev.tidemark.translation.graph.CollectionId;
import java.util.Objects;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each pane of a grouped side input collection. In a job that may go on from its state, a
 * pane is also kept there, and published again when the job does.
 *
 * <p>Owned by the lane.
 */
public final class MaterializeProcessor implements NodeProcessor {
  private final SideInputPublisher publisher;
  private final SpillSpace space;
  private @Nullable EdgeCoders coders;
  private @Nullable Stored stored;

  /** What is kept, and by which keys. */
  private record Stored(KeyEncoder keys, StoredPanes panes) {}

  /** Publishes to {@code publisher}; large panes go to {@code space}. */
  public MaterializeProcessor(SideInputPublisher publisher, SpillSpace space) {
    this.publisher = publisher;
    this.space = space;
  }

  @Override
  public void open(NodeContext context) {
    CollectionId grouped = context.node().inputs().get(0);
    EdgeCoders groups = EdgeCoders.of(context.components(), grouped, context.node().fullName());
    EdgeCoders elements =
        new EdgeCoders(
            groups.transform(),
            groups.collection(),
            groups.kvCoder().getValueCoder().getCoderArguments().get(0),
            groups.windowCoder());
    coders = elements;
    if (context.durable()) {
      StoredPanes panes = new StoredPanes(context.cells(), elements);
      panes.forEach((window, pane) -> publisher.publish(window, gather(pane)));
      stored = new Stored(KeyEncoder.of(groups), panes);
    }
  }

  @Override
  public void process(WindowedValue<?> element) {
    Object group = ((KV<?, ?>) element.getValue()).getValue();
    for (BoundedWindow window : element.getWindows()) {
      // A ViewGroupProcessor has gathered them already, each for one window.
      SideInputContents pane =
          group instanceof SideInputContents contents ? contents : gather(group);
      if (stored != null) {
        Key key = stored.keys().keyOf(element);
        stored.panes().put(key, window, pane.elements(), publisher.addsPanes());
      }
      publisher.publish(window, pane);
    }
  }

  @Override
  public void flush() {
    if (stored != null) {
      stored.panes().expire(publisher.expiredBefore());
    }
  }

  @Override
  public void restored() {
    if (stored != null) {
      stored.panes().restore();
    }
  }

  private SideInputContents gather(@Nullable Object group) {
    ContentsBuilder builder = new ContentsBuilder(space, Objects.requireNonNull(coders));
    for (Object element : (Iterable<?>) Objects.requireNonNull(group)) {
      builder.add(element);
    }
    return builder.finish();
  }
}
