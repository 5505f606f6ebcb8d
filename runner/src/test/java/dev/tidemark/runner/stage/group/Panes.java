package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.testing.FakeHost;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/** Panes of groups as text. Stateless. */
final class Panes {
  private Panes() {}

  /** Each pane as text, with its values sorted: key, values, timestamp, window, timing. */
  static List<String> of(FakeHost host) {
    List<String> panes = new ArrayList<>();
    for (WindowedValue<?> output : host.outputs()) {
      KV<?, ?> grouped = (KV<?, ?>) output.getValue();
      List<Integer> values = new ArrayList<>();
      if (grouped.getValue() instanceof Iterable<?> iterable) {
        iterable.forEach(value -> values.add((Integer) value));
      } else {
        values.add((Integer) grouped.getValue());
      }
      values.sort(null);
      BoundedWindow window = output.getWindows().iterator().next();
      panes.add(
          ""
              + grouped.getKey()
              + values
              + "@"
              + output.getTimestamp().getMillis()
              + " until "
              + (window.maxTimestamp().getMillis() + 1)
              + " "
              + output.getPaneInfo().getTiming()
              + (output.getPaneInfo().isLast() ? " last" : ""));
    }
    return panes;
  }
}
