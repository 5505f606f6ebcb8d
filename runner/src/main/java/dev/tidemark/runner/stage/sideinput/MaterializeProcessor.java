package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.SideInputPublisher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Publishes each pane of a grouped side input collection, in place of what its window showed.
 *
 * <p>Owned by the lane.
 */
public final class MaterializeProcessor implements NodeProcessor {
  private final SideInputPublisher publisher;

  /** Publishes to {@code publisher}. */
  public MaterializeProcessor(SideInputPublisher publisher) {
    this.publisher = publisher;
  }

  @Override
  public void open(NodeContext context) {}

  @Override
  public void process(WindowedValue<?> element) {
    KV<?, ?> group = (KV<?, ?>) element.getValue();
    List<Object> contents = new ArrayList<>();
    ((Iterable<?>) group.getValue()).forEach(contents::add);
    List<Object> published = Collections.unmodifiableList(contents);
    for (BoundedWindow window : element.getWindows()) {
      publisher.publish(window, published);
    }
  }
}
