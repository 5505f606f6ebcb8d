package dev.tidemark.runner.stage.stub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.triggers.ExecutableTriggerStateMachine;
import org.apache.beam.runners.core.triggers.TriggerStateMachines;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;

/** What Beam's own grouping makes of elements when the watermark then goes to the end of time. */
public final class ReduceFnOracle {

  private ReduceFnOracle() {}

  /** The groups of all keys. */
  @SuppressWarnings("unchecked") // the strategy is that of the elements
  public static List<WindowedValue<KV<String, Iterable<Long>>>> group(
      WindowingStrategy<?, ?> windowing, List<WindowedValue<KV<String, Long>>> elements)
      throws Exception {
    Map<String, List<WindowedValue<Long>>> byKey = new LinkedHashMap<>();
    for (WindowedValue<KV<String, Long>> element : elements) {
      for (WindowedValue<KV<String, Long>> one : element.explodeWindows()) {
        byKey
            .computeIfAbsent(one.getValue().getKey(), key -> new ArrayList<>())
            .add(one.withValue(one.getValue().getValue()));
      }
    }
    List<WindowedValue<KV<String, Iterable<Long>>>> results = new ArrayList<>();
    for (Map.Entry<String, List<WindowedValue<Long>>> entry : byKey.entrySet()) {
      groupOneKey(
          (WindowingStrategy<?, BoundedWindow>) windowing,
          entry.getKey(),
          entry.getValue(),
          results);
    }
    return results;
  }

  private static void groupOneKey(
      WindowingStrategy<?, BoundedWindow> windowing,
      String key,
      List<WindowedValue<Long>> elements,
      List<WindowedValue<KV<String, Iterable<Long>>>> results)
      throws Exception {
    InMemoryTimerInternals timers = new InMemoryTimerInternals();
    ReduceFnRunner<String, Long, Iterable<Long>, BoundedWindow> runner =
        new ReduceFnRunner<>(
            key,
            windowing,
            ExecutableTriggerStateMachine.create(
                TriggerStateMachines.stateMachineForTrigger(
                    TriggerTranslation.toProto(windowing.getTrigger()))),
            InMemoryStateInternals.forKey(key),
            timers,
            result ->
                results.add(
                    result.withValue(
                        KV.of(result.getValue().getKey(), copy(result.getValue().getValue())))),
            NullSideInputReader.empty(),
            SystemReduceFn.buffering(VarLongCoder.of()),
            PipelineOptionsFactory.create());
    runner.processElements(elements);
    timers.advanceInputWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE);
    // All that are due go in together, or a window would be taken for a new one after its end.
    List<TimerData> due = new ArrayList<>();
    for (TimerData timer = timers.removeNextEventTimer();
        timer != null;
        timer = timers.removeNextEventTimer()) {
      due.add(timer);
    }
    runner.onTimers(due);
    runner.persist();
  }

  private static Iterable<Long> copy(Iterable<Long> values) {
    List<Long> copy = new ArrayList<>();
    values.forEach(copy::add);
    return copy;
  }
}
