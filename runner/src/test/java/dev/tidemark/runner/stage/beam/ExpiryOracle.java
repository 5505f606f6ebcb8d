package dev.tidemark.runner.stage.beam;

import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.DoFnRunners;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.runners.core.StatefulDoFnRunner.StateInternalsStateCleaner;
import org.apache.beam.runners.core.StatefulDoFnRunner.TimeInternalsCleanupTimer;
import org.apache.beam.runners.core.StepContext;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/** Runs a stateful function for one key with nothing but Beam's classes. */
final class ExpiryOracle {
  private final String key;
  private final InMemoryTimerInternals timers = new InMemoryTimerInternals();
  private final StateInternals state;
  private final DoFnRunner<KV<String, Integer>, String> runner;

  ExpiryOracle(
      String key,
      DoFn<KV<String, Integer>, String> fn,
      Coder<KV<String, Integer>> coder,
      WindowingStrategy<?, ?> windowing,
      List<String> outputs) {
    this.key = key;
    this.state = InMemoryStateInternals.forKey(key);
    StepContext step =
        new StepContext() {
          @Override
          public StateInternals stateInternals() {
            return state;
          }

          @Override
          public TimerInternals timerInternals() {
            return timers;
          }
        };
    WindowedValueMultiReceiver receiver =
        new WindowedValueMultiReceiver() {
          @Override
          public <T> void output(TupleTag<T> tag, WindowedValue<T> output) {
            outputs.add(output.getValue() + "@" + output.getTimestamp());
          }
        };
    @SuppressWarnings("unchecked") // its own coder
    Coder<BoundedWindow> windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    this.runner =
        new StatefulDoFnRunner<>(
            DoFnRunners.simpleRunner(
                PipelineOptionsFactory.create(),
                fn,
                NullSideInputReader.empty(),
                receiver,
                new TupleTag<String>("main"),
                List.of(),
                step,
                coder,
                Map.of(),
                windowing,
                DoFnSchemaInformation.create(),
                Map.of()),
            coder,
            step,
            windowing,
            new TimeInternalsCleanupTimer<>(timers, windowing),
            new StateInternalsStateCleaner<>(fn, state, windowCoder),
            false);
    runner.startBundle();
  }

  StateInternals state() {
    return state;
  }

  void element(WindowedValue<KV<String, Integer>> element) {
    runner.processElement(element);
  }

  void watermark(long millis) throws Exception {
    timers.advanceInputWatermark(Instant.ofEpochMilli(millis));
    for (TimerData due = timers.removeNextEventTimer();
        due != null;
        due = timers.removeNextEventTimer()) {
      fire(due);
    }
  }

  void clock(long millis) throws Exception {
    timers.advanceProcessingTime(Instant.ofEpochMilli(millis));
    for (TimerData due = timers.removeNextProcessingTimer();
        due != null;
        due = timers.removeNextProcessingTimer()) {
      fire(due);
    }
  }

  private void fire(TimerData timer) {
    BeamCompat.onTimer(
        runner,
        timer.getTimerId(),
        timer.getTimerFamilyId(),
        key,
        ((WindowNamespace<?>) timer.getNamespace()).getWindow(),
        timer.getTimestamp(),
        timer.getOutputTimestamp(),
        timer.getDomain(),
        false);
  }
}
