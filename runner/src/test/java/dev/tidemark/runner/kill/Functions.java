package dev.tidemark.runner.kill;

import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** The functions of the job that is killed. */
final class Functions {
  private Functions() {}

  /** Counts in the state of a key. */
  static final class Count extends DoFn<KV<Integer, Long>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("count") ValueState<Long> countState,
        OutputReceiver<String> output) {
      Long before = countState.read();
      long count = before == null ? 1 : before + 1;
      countState.write(count);
      output.output(Answer.counted(element.getKey(), count));
    }
  }

  /** Sums up a window, and says so when it is over. */
  static final class SumAtEnd extends DoFn<KV<Integer, Long>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("values")
    private final StateSpec<BagState<Long>> valuesSpec = StateSpecs.bag(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        BoundedWindow window,
        @StateId("values") BagState<Long> values,
        @TimerId("end") Timer end) {
      values.add(element.getValue());
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void atEnd(
        @Key Integer key,
        BoundedWindow window,
        @StateId("values") BagState<Long> values,
        OutputReceiver<String> output) {
      long count = 0;
      long sum = 0;
      for (long value : values.read()) {
        count++;
        sum += value;
      }
      long start = ((IntervalWindow) window).start().getMillis();
      output.output(Answer.timed(key, start, count, sum));
    }
  }

  /** Hands on what came when some processing time has passed. */
  static final class Delay extends DoFn<KV<Integer, Long>, String> {
    private static final long serialVersionUID = 1L;
    private static final Duration DELAY = Duration.millis(100);

    @StateId("values")
    private final StateSpec<BagState<Long>> valuesSpec = StateSpecs.bag(VarLongCoder.of());

    @TimerId("delay")
    private final TimerSpec delaySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @Timestamp Instant time,
        @StateId("values") BagState<Long> values,
        @TimerId("delay") Timer delay,
        @TimerId("end") Timer end) {
      values.add(element.getValue());
      delay.offset(DELAY).setRelative();
      end.withOutputTimestamp(time).set(GlobalWindow.INSTANCE.maxTimestamp());
    }

    @OnTimer("delay")
    public void afterDelay(
        @StateId("values") BagState<Long> values,
        @TimerId("end") Timer end,
        OutputReceiver<String> output) {
      end.clear();
      flush(values, output);
    }

    @OnTimer("end")
    public void atEnd(@StateId("values") BagState<Long> values, OutputReceiver<String> output) {
      flush(values, output);
    }

    private static void flush(BagState<Long> values, OutputReceiver<String> output) {
      values.read().forEach(value -> output.output(Answer.delayed(value)));
      values.clear();
    }
  }

  /** Says what a session holds. */
  static final class SumSession extends DoFn<KV<Integer, Iterable<Long>>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Long>> session,
        BoundedWindow window,
        OutputReceiver<String> output) {
      long count = 0;
      long sum = 0;
      for (long value : session.getValue()) {
        count++;
        sum += value;
      }
      IntervalWindow interval = (IntervalWindow) window;
      output.output(
          Answer.session(
              session.getKey(),
              interval.start().getMillis(),
              interval.end().getMillis(),
              count,
              sum));
    }
  }

  /** Says what the side input of an element's window is. */
  static final class See extends DoFn<KV<Integer, Long>, String> {
    private static final long serialVersionUID = 1L;

    private final PCollectionView<Long> view;

    See(PCollectionView<Long> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(Answer.sided(context.element().getValue(), context.sideInput(view)));
    }
  }
}
