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
 * @param groups of the elements of the main input, where these are groups whose values the harness
 *     may ask for; else null
 */
record WireCoding(
    Coder<WindowedValue<Object>> input,
    Map<CollectionId, Coder<WindowedValue<Object>>> outputs,
    Coder<BoundedWindow> windowCoder,
    Coder<@Nullable Object> keyCoder,
    @Nullable KvCoder<?, ?> groups) {

  /**
   * The coder of the elements of the main input, for one bundle.
   *
   * @param largeBytes how many bytes of values a group has at most to be sent as a whole
   * @param large takes what is not sent of larger groups
   */
  @SuppressWarnings("unchecked") // the elements are opaque here
  Coder<WindowedValue<Object>> input(int largeBytes, LargeIterables large) {
    if (groups == null) {
      return input;
    }
    Coder<Object> values = (Coder<Object>) groups.getValueCoder().getCoderArguments().get(0);
    Coder<?> element =
        KvCoder.of(groups.getKeyCoder(), new GroupedValuesCoder(values, largeBytes, large));
    return WindowedValues.getFullCoder((Coder<Object>) element, windowCoder);
  }

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
            (element instanceof KvCoder<?, ?> kv ? kv.getKeyCoder() : element),
        element instanceof KvCoder<?, ?> kv && StateBackedGroups.areInput(components.graph(), node)
            ? kv
            : null);
  }

  private static Coder<WindowedValue<Object>> elements(Components components, CollectionId id) {
    return WindowedValues.getFullCoder(
        components.coder(id), components.windowing(id).getWindowFn().windowCoder());
  }

  TimerCodec timers() {
    return new TimerCodec(keyCoder, windowCoder);
  }
}
