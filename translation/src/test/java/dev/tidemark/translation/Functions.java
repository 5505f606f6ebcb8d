package dev.tidemark.translation;

import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Instant;

/** The users' functions of the pipelines that the tests translate. */
final class Functions {
  private Functions() {}

  /** Hands on what it gets. */
  static final class Same<T> extends DoFn<T, T> {
    @ProcessElement
    public void process(@Element T element, OutputReceiver<T> output) {
      output.output(element);
    }
  }

  /** Reads a side input. */
  static final class Reading<T, ViewT> extends DoFn<T, String> {
    private final PCollectionView<ViewT> view;

    Reading(PCollectionView<ViewT> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.element() + " " + context.sideInput(view));
    }
  }

  /** Hands on the first element of each key. */
  static final class Dedupe<V> extends DoFn<KV<String, V>, KV<String, V>> {
    @StateId("seen")
    private final StateSpec<ValueState<Boolean>> seen = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<String, V> element,
        @StateId("seen") ValueState<Boolean> state,
        OutputReceiver<KV<String, V>> output) {
      if (state.read() == null) {
        state.write(true);
        output.output(element);
      }
    }
  }

  /** Keeps state under keys of any type. */
  static final class Count<K, V> extends DoFn<KV<K, V>, KV<K, V>> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @ProcessElement
    public void process(@Element KV<K, V> element, OutputReceiver<KV<K, V>> output) {
      output.output(element);
    }
  }

  /** Remembers by timers of a family and of processing time. */
  static final class Reminders extends DoFn<KV<String, Long>, String> {
    @StateId("pending")
    private final StateSpec<BagState<Long>> pending = StateSpecs.bag();

    @SuppressWarnings("unused") // Beam finds it by its annotation
    @TimerFamily("reminders")
    private final TimerSpec reminders = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @TimerId("flush")
    private final TimerSpec flush = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId("pending") BagState<Long> state,
        @TimerFamily("reminders") TimerMap timers) {
      state.add(element.getValue());
      timers.get("now").withOutputTimestamp(Instant.ofEpochMilli(0));
    }

    @OnTimerFamily("reminders")
    public void onReminder(OutputReceiver<String> output) {
      output.output("reminder");
    }

    @OnTimer("flush")
    public void onFlush(OutputReceiver<String> output) {
      output.output("flush");
    }
  }

  /** Wants stable input. */
  static final class Stable extends DoFn<String, String> {
    @RequiresStableInput
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> output) {
      output.output(element);
    }
  }

  /** Wants its input in order, without other state. */
  static final class Sorted extends DoFn<KV<String, Long>, String> {
    @RequiresTimeSortedInput
    @ProcessElement
    public void process(@Element KV<String, Long> element, OutputReceiver<String> output) {
      output.output(element.getKey());
    }
  }

  /** Counts up to its element. */
  @DoFn.BoundedPerElement
  static final class CountUp extends DoFn<Long, Long> {
    @GetInitialRestriction
    public OffsetRange range(@Element Long element) {
      return new OffsetRange(0, element);
    }

    @ProcessElement
    public void process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        output.output(i);
      }
    }
  }

  /** Counts for ever. */
  @DoFn.UnboundedPerElement
  static final class CountOn extends DoFn<Long, Long> {
    @GetInitialRestriction
    public OffsetRange range(@Element Long element) {
      return new OffsetRange(element, Long.MAX_VALUE);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        output.output(i);
      }
      return ProcessContinuation.stop();
    }
  }
}
