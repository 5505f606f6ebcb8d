package dev.tidemark.runner.recovery;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;

/** The functions of {@link Branches}. */
final class Functions {
  private Functions() {}

  private static List<Integer> sorted(Iterable<Integer> values) {
    List<Integer> all = new ArrayList<>();
    values.forEach(all::add);
    all.sort(null);
    return all;
  }

  static String groupText(KV<Integer, Iterable<Integer>> group) {
    return group.getKey() + "=" + sorted(group.getValue());
  }

  /** Emits how many elements of the key have come. */
  static final class CountPerKey extends DoFn<KV<Integer, Integer>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        @StateId("count") ValueState<Integer> count,
        OutputReceiver<String> output) {
      Integer before = count.read();
      int now = before == null ? 1 : before + 1;
      count.write(now);
      output.output(element.getKey() + "#" + now);
    }
  }

  /** Emits all elements of a key and window when the window ends. */
  static final class FlushAtEnd extends DoFn<KV<Integer, Integer>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("values")
    private final StateSpec<BagState<Integer>> valuesSpec = StateSpecs.bag(VarIntCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        BoundedWindow window,
        @StateId("values") BagState<Integer> values,
        @TimerId("end") Timer end) {
      values.add(element.getValue());
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void flush(
        @Key Integer key,
        @StateId("values") BagState<Integer> values,
        OutputReceiver<String> output) {
      output.output(key + "=" + sorted(values.read()));
    }
  }

  /** Emits elements some seconds of processing time after they came. */
  static final class FlushAfterDelay extends DoFn<KV<Integer, Integer>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("values")
    private final StateSpec<BagState<Integer>> valuesSpec = StateSpecs.bag(VarIntCoder.of());

    @TimerId("delay")
    private final TimerSpec delaySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        @StateId("values") BagState<Integer> values,
        @TimerId("delay") Timer delay,
        @TimerId("end") Timer end) {
      values.add(element.getValue());
      delay.offset(Duration.standardSeconds(3)).setRelative();
      end.set(GlobalWindow.INSTANCE.maxTimestamp());
    }

    @OnTimer("delay")
    public void afterDelay(
        @StateId("values") BagState<Integer> values, OutputReceiver<String> output) {
      flush(values, output);
    }

    @OnTimer("end")
    public void atEnd(@StateId("values") BagState<Integer> values, OutputReceiver<String> output) {
      flush(values, output);
    }

    private static void flush(BagState<Integer> values, OutputReceiver<String> output) {
      values.read().forEach(value -> output.output("" + value));
      values.clear();
    }
  }

  /** Emits each value of a group. */
  static final class EachOfGroup extends DoFn<KV<Integer, Iterable<Integer>>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Integer>> group, OutputReceiver<String> output) {
      group.getValue().forEach(value -> output.output("" + value));
    }
  }

  /** Emits each value with what the side input shows in its window. */
  static final class SeeSide extends DoFn<KV<Integer, Integer>, String> {
    private static final long serialVersionUID = 1L;

    private final PCollectionView<List<Integer>> side;

    SeeSide(PCollectionView<List<Integer>> side) {
      this.side = side;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.element().getValue() + "/" + sorted(context.sideInput(side)));
    }
  }

  /** Makes something of each value that differs with each try. */
  static final class Make extends DoFn<KV<Integer, Integer>, KV<Integer, String>> {
    private static final long serialVersionUID = 1L;

    private final String run;

    Make(String run) {
      this.run = run;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element, OutputReceiver<KV<Integer, String>> output) {
      output.output(KV.of(element.getValue(), Witness.of(run).make()));
    }
  }

  /** Does something outside, where it counts on being given the same again after a failure. */
  static final class Effect extends DoFn<KV<Integer, String>, String> {
    private static final long serialVersionUID = 1L;

    private final String run;
    private final String name;

    Effect(String run, String name) {
      this.run = run;
      this.name = name;
    }

    @ProcessElement
    public void process(@Element KV<Integer, String> element, OutputReceiver<String> output) {
      Witness.of(run).effect(name + element.getKey(), element.getValue());
      output.output("" + element.getKey());
    }
  }

  /** The same; says itself what it counts on. */
  static final class StableEffect extends DoFn<KV<Integer, String>, String> {
    private static final long serialVersionUID = 1L;

    private final String run;

    StableEffect(String run) {
      this.run = run;
    }

    @RequiresStableInput
    @ProcessElement
    public void process(@Element KV<Integer, String> element, OutputReceiver<String> output) {
      Witness.of(run).effect("stable" + element.getKey(), element.getValue());
      output.output("" + element.getKey());
    }
  }

  /** Emits twenty numbers from its element on, a few at a time. */
  @DoFn.UnboundedPerElement
  static final class TwentyFrom extends DoFn<Integer, String> {
    private static final long serialVersionUID = 1L;

    @GetInitialRestriction
    public OffsetRange restriction(@Element Integer first) {
      return new OffsetRange(first, first + 20);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<String> output) {
      long next = tracker.currentRestriction().getFrom();
      for (int i = 0; i < 3; i++) {
        if (!tracker.tryClaim(next)) {
          return ProcessContinuation.stop();
        }
        output.output("" + next++);
      }
      return ProcessContinuation.resume();
    }
  }
}
