package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import java.util.Collection;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.WindowedValueReceiver;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One output of a function.
 *
 * <p>Owned by the lane.
 */
final class TaggedOutput implements DoFn.OutputReceiver<Object>, WindowedValueReceiver<Object> {
  private final FunctionOutputs outputs;
  private final TupleTag<?> tag;
  private final @Nullable OutputPort port;

  /**
   * An output of {@code outputs}.
   *
   * @param port where it goes; null if nobody knows the tag
   */
  TaggedOutput(FunctionOutputs outputs, TupleTag<?> tag, @Nullable OutputPort port) {
    this.outputs = outputs;
    this.tag = tag;
    this.port = port;
  }

  TupleTag<?> tag() {
    return tag;
  }

  @Override
  public void output(Object value) {
    outputs.emit(port(), value);
  }

  @Override
  public void outputWithTimestamp(Object value, Instant timestamp) {
    outputs.check(timestamp);
    WindowedValue<?> origin = outputs.origin();
    port()
        .accept(
            ElementMetadata.of(origin)
                .element(value, timestamp, origin.getWindows(), origin.getPaneInfo()));
  }

  @Override
  public void outputWindowedValue(
      Object value, Instant timestamp, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    builder(value).setTimestamp(timestamp).setWindows(windows).setPaneInfo(pane).output();
  }

  @Override
  public OutputBuilder<Object> builder(Object value) {
    return WindowedValues.builder(outputs.origin()).withValue(value).setReceiver(this);
  }

  @Override
  public void output(WindowedValue<Object> element) {
    outputs.check(element.getTimestamp());
    emit(element);
  }

  /** Emits an element with a timestamp that needs no check. */
  void emit(WindowedValue<?> element) {
    port().accept(element);
  }

  private OutputPort port() {
    if (port == null) {
      throw new IllegalArgumentException("Unknown output tag " + tag);
    }
    return port;
  }
}
