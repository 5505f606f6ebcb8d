package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups a side input by window and by the pane that its elements were fired in upstream, see
 * {@link UpstreamPanes}. So each of those panes becomes a version of its own, where a trigger might
 * unite several, of which one value is asked for.
 *
 * <p>The elements of a pane come in one round, so nothing is kept from one round to the next. Owned
 * by the lane.
 */
public final class PaneGroupProcessor implements NodeProcessor {
  private record Pane(PaneInfo info, Instant timestamp, List<@Nullable Object> values) {}

  private final Map<BoundedWindow, Pane> open = new LinkedHashMap<>();
  private OutputPort output = element -> {};
  private @Nullable Object key;

  @Override
  public void open(NodeContext context) {
    output = context.output(context.node().outputs().values().iterator().next());
  }

  @Override
  public void process(WindowedValue<?> element) {
    KV<?, ?> kv = (KV<?, ?>) element.getValue();
    key = kv.getKey();
    for (BoundedWindow window : element.getWindows()) {
      Pane pane = open.get(window);
      if (pane != null && pane.info().getIndex() != element.getPaneInfo().getIndex()) {
        open.remove(window);
        emit(window, pane);
        pane = null;
      }
      if (pane == null) {
        pane = new Pane(element.getPaneInfo(), element.getTimestamp(), new ArrayList<>());
        open.put(window, pane);
      }
      pane.values().add(kv.getValue());
    }
  }

  private void emit(BoundedWindow window, Pane pane) {
    output.accept(
        WindowedValues.of(KV.of(key, pane.values()), pane.timestamp(), window, pane.info()));
  }

  // Not when a bundle ends, which may be in the middle of a pane.
  @Override
  public void flush() {
    open.forEach(this::emit);
    open.clear();
  }

  @Override
  public long pendingHold() {
    return open.values().stream()
        .mapToLong(pane -> pane.timestamp().getMillis())
        .min()
        .orElse(Timestamps.MAX);
  }
}
