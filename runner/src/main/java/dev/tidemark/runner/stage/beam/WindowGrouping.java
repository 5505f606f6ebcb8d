package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OpaqueMergingWindowFn;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.MergingActiveWindowSet;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.ReduceFn;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.triggers.ExecutableTriggerStateMachine;
import org.apache.beam.runners.core.triggers.TriggerStateMachines;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.AppliedCombineFn;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/**
 * Groups or combines values by key and window with all of Beam's windowing: triggers, lateness,
 * accumulation, merging windows. Keeps everything in the node's cells and timers.
 *
 * <p>Owned by the lane.
 */
public final class WindowGrouping {
  private final NodeContext context;
  private final WindowingStrategy<Object, BoundedWindow> windowing;
  private final ExecutableTriggerStateMachine trigger;
  private final ReduceFn<Object, Object, Object, BoundedWindow> reduceFn;
  private final OutputPort output;
  private final WindowNamespaces namespaces;
  private final CellTimerInternals timers;
  private final StateAddresses addresses = new StateAddresses();
  private boolean causedByDrain;

  @SuppressWarnings("unchecked") // the types are those of the node's collections
  private WindowGrouping(
      NodeContext context,
      WindowingStrategy<?, ?> windowing,
      SystemReduceFn<?, ?, ?, ?, ?> reduceFn,
      OutputPort output,
      LongSupplier inputWatermark) {
    this.context = context;
    this.windowing = (WindowingStrategy<Object, BoundedWindow>) windowing;
    this.trigger = trigger(windowing);
    this.reduceFn =
        (ReduceFn<Object, Object, Object, BoundedWindow>) (ReduceFn<?, ?, ?, ?>) reduceFn;
    this.output = output;
    this.namespaces = new WindowNamespaces(windowing.getWindowFn().windowCoder());
    this.timers = new CellTimerInternals(context, inputWatermark, WindowGrouping::withoutHold);
  }

  static ExecutableTriggerStateMachine trigger(WindowingStrategy<?, ?> windowing) {
    return ExecutableTriggerStateMachine.create(
        TriggerStateMachines.stateMachineForTrigger(
            RepeatedFirings.in(TriggerTranslation.toProto(windowing.getTrigger()))));
  }

  /** Holds are state here; a timer of its own holds nothing. */
  private static TimerRecord withoutHold(TimerRecord timer) {
    return new TimerRecord(
        timer.key(),
        timer.namespace(),
        timer.family(),
        timer.id(),
        timer.domain(),
        timer.timestampMillis(),
        Timestamps.MAX);
  }

  /**
   * Groups {@code KV<K, V>} into {@code KV<K, Iterable<V>>}.
   *
   * @param output where the panes go
   * @param inputWatermark what to take for the input watermark, in milliseconds
   */
  public static WindowGrouping grouping(
      NodeContext context, OutputPort output, LongSupplier inputWatermark) {
    return new WindowGrouping(
        context,
        windowing(context),
        SystemReduceFn.buffering(inputCoder(context).getValueCoder()),
        output,
        inputWatermark);
  }

  /**
   * Combines {@code KV<K, V>} into {@code KV<K, output>}.
   *
   * @param payload the combine function
   * @param lifted whether the values are accumulators
   * @param output where the panes go
   * @param inputWatermark what to take for the input watermark, in milliseconds
   */
  public static WindowGrouping combining(
      NodeContext context,
      RunnerApi.CombinePayload payload,
      boolean lifted,
      OutputPort output,
      LongSupplier inputWatermark) {
    KvCoder<Object, Object> inputCoder = inputCoder(context);
    Coder<Object> accumulatorCoder = context.components().coder(payload.getAccumulatorCoderId());
    return new WindowGrouping(
        context,
        windowing(context),
        SystemReduceFn.combining(
            inputCoder.getKeyCoder(),
            AppliedCombineFn.withAccumulatorCoder(
                CombineFunctions.of(payload, lifted), accumulatorCoder)),
        output,
        inputWatermark);
  }

  private static WindowingStrategy<?, ?> windowing(NodeContext context) {
    return context.components().windowing(context.node().inputs().get(0));
  }

  private static KvCoder<Object, Object> inputCoder(NodeContext context) {
    Coder<?> coder = context.components().coder(context.node().inputs().get(0));
    if (!(coder instanceof KvCoder<?, ?> kvCoder)) {
      throw new IllegalArgumentException("the input's coder is no KvCoder but " + coder);
    }
    @SuppressWarnings("unchecked") // nobody looks at keys and values as anything but objects
    KvCoder<Object, Object> ofObjects = (KvCoder<Object, Object>) kvCoder;
    return ofObjects;
  }

  /** When a window takes nothing more. */
  public Lateness lateness() {
    return new Lateness(windowing);
  }

  /**
   * Prepares for values that are to be added: an SDK that merges the windows is asked once for all
   * keys.
   */
  public void expect(Map<Key, List<WindowedValue<Object>>> values) throws Exception {
    if (windowing.needsMerge() && windowing.getWindowFn() instanceof OpaqueMergingWindowFn sdks) {
      List<Set<BoundedWindow>> sets = new ArrayList<>();
      values.forEach((key, ofKey) -> sets.add(windows(key, ofKey)));
      sdks.expect(sets);
    }
  }

  /** The windows of a key that are to be merged; one more if a trigger has closed it before. */
  private Set<BoundedWindow> windows(Key key, List<WindowedValue<Object>> values) {
    Set<BoundedWindow> windows =
        new HashSet<>(
            new MergingActiveWindowSet<>(windowing.getWindowFn(), state(key))
                .getActiveAndNewWindows());
    values.forEach(value -> windows.addAll(value.getWindows()));
    return windows;
  }

  private CellStateInternals state(Key key) {
    return new CellStateInternals(context.cells().forKey(key), key.decoded(), addresses);
  }

  /**
   * Adds values of one key, whose windows are not expired, and emits the panes that are due by it.
   */
  public void processElements(Key key, List<WindowedValue<Object>> values) throws Exception {
    ReduceFnRunner<Object, Object, Object, BoundedWindow> runner = runner(key);
    runner.processElements(values);
    runner.persist();
  }

  /** Fires a timer of the node. What it emits is marked if a drain made it fire. */
  public void onTimer(TimerRecord timer) throws Exception {
    Key key = timer.key();
    StateNamespace namespace = namespaces.parse(timer.namespace());
    causedByDrain = context.causedByDrain(timer);
    Instant timestamp = CellTimerInternals.beamTimestamp(timer);
    ReduceFnRunner<Object, Object, Object, BoundedWindow> runner = runner(key);
    runner.onTimers(
        List.of(TimerData.of(timer.id(), "", namespace, timestamp, timestamp, timer.domain())));
    runner.persist();
    causedByDrain = false;
    deleteTimersIfExpired(namespace, namespaces.window(timer.namespace()));
  }

  private void emit(WindowedValue<?> pane) {
    output.accept(causedByDrain ? ElementMetadata.markDrained(pane) : pane);
  }

  /**
   * One timer beyond a window's expiry does all that is left to do for the window. Another one
   * would meet no state, and emit an empty pane as if the window were new.
   */
  private void deleteTimersIfExpired(StateNamespace namespace, BoundedWindow window) {
    Instant expiry = LateDataUtils.garbageCollectionTime(window, windowing);
    if (timers.currentInputWatermarkTime().isAfter(expiry)) {
      deleteEventTimer(namespace, window.maxTimestamp());
      deleteEventTimer(namespace, expiry);
    }
  }

  private void deleteEventTimer(StateNamespace namespace, Instant timestamp) {
    String id = CellTimerInternals.unnamedEventTimer(timestamp.getMillis());
    timers.deleteTimer(namespace, id, "", TimeDomain.EVENT_TIME);
  }

  @SuppressWarnings("NullAway") // the key may be null, which Beam's constructor does not say
  private ReduceFnRunner<Object, Object, Object, BoundedWindow> runner(Key key) {
    timers.bind(key);
    return new ReduceFnRunner<>(
        key.decoded(),
        windowing,
        trigger,
        state(key),
        timers,
        this::emit,
        NullSideInputReader.empty(),
        reduceFn,
        context.options());
  }
}
