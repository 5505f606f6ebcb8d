package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * How the elements, keys, windows and timers of a harness node travel. The runner's coders give the
 * same bytes as those of the SDK in the descriptor.
 *
 * <p>Owned by the lane.
 *
 * @param input of the elements of the main input
 * @param outputs of the elements of each output
 * @param windowCoder of the windows of the main input
 * @param keyCoder of the keys of the main input; of whole elements if it has none
 */
record WireCoding(
    Coder<WindowedValue<Object>> input,
    Map<CollectionId, Coder<WindowedValue<Object>>> outputs,
    Coder<BoundedWindow> windowCoder,
    Coder<@Nullable Object> keyCoder) {

  /** For a node. */
  @SuppressWarnings("unchecked") // a windowing strategy has the coder of its own windows
  static WireCoding of(Components components, Node node) {
    CollectionId input = node.inputs().get(0);
    Map<CollectionId, Coder<WindowedValue<Object>>> outputs = new HashMap<>();
    for (CollectionId output : node.outputs().values()) {
      outputs.put(output, elements(components, output));
    }
    Coder<?> element = components.coder(input);
    return new WireCoding(
        elements(components, input),
        outputs,
        (Coder<BoundedWindow>) components.windowing(input).getWindowFn().windowCoder(),
        (Coder<@Nullable Object>)
            (element instanceof KvCoder<?, ?> kv ? kv.getKeyCoder() : element));
  }

  private static Coder<WindowedValue<Object>> elements(Components components, CollectionId id) {
    return WindowedValues.getFullCoder(
        components.coder(id), components.windowing(id).getWindowFn().windowCoder());
  }

  TimerCodec timers() {
    return new TimerCodec(keyCoder, windowCoder);
  }
}
