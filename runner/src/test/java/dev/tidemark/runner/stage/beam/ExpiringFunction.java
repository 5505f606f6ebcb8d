package dev.tidemark.runner.stage.beam;

import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Keeps state of several kinds, sets timers of several kinds, and tells what it sees when. */
final class ExpiringFunction extends DoFn<KV<String, Integer>, String> {
  private static final long serialVersionUID = 1L;

  @StateId("last")
  final StateSpec<ValueState<Integer>> lastSpec = StateSpecs.value(VarIntCoder.of());

  @StateId("all")
  final StateSpec<BagState<Integer>> allSpec = StateSpecs.bag(VarIntCoder.of());

  @StateId("fired")
  final StateSpec<MapState<String, Integer>> firedSpec =
      StateSpecs.map(StringUtf8Coder.of(), VarIntCoder.of());

  @TimerId("event")
  private final TimerSpec eventSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerFamily("clock")
  private final TimerSpec clockSpec = TimerSpecs.timerMap(TimeDomain.PROCESSING_TIME);

  private final int lateness;

  /** Sets event timers up to {@code lateness} milliseconds after the end of the window. */
  ExpiringFunction(int lateness) {
    this.lateness = lateness;
  }

  @ProcessElement
  public void process(
      @Element KV<String, Integer> element,
      BoundedWindow window,
      @StateId("last") ValueState<Integer> last,
      @StateId("all") BagState<Integer> all,
      @TimerId("event") Timer event,
      @TimerFamily("clock") TimerMap clock,
      OutputReceiver<String> out) {
    out.output(element + " after " + last.read() + " in " + window);
    last.write(element.getValue());
    all.add(element.getValue());
    event
        .withOutputTimestamp(window.maxTimestamp())
        .set(window.maxTimestamp().plus(Duration.millis(element.getValue() % (lateness + 1))));
    // Never due at the very time that the clock shows; nor set again for the same time by another
    // element, when Beam's timers in memory keep the output time of the first.
    clock
        .get("t" + element.getValue())
        .offset(Duration.millis(element.getValue() * 10L + 5))
        .setRelative();
  }

  @OnTimer("event")
  public void event(
      @Key String key,
      BoundedWindow window,
      @Timestamp Instant timestamp,
      @StateId("last") ValueState<Integer> last,
      @StateId("fired") MapState<String, Integer> fired,
      OutputReceiver<String> out) {
    out.output("event " + key + " after " + last.read() + " in " + window + " at " + timestamp);
    fired.put("event", (int) timestamp.getMillis());
  }

  @OnTimerFamily("clock")
  public void clock(
      @TimerId String id,
      @Key String key,
      BoundedWindow window,
      @StateId("last") ValueState<Integer> last,
      @StateId("fired") MapState<String, Integer> fired,
      OutputReceiver<String> out) {
    out.output("clock " + key + id + " after " + last.read() + " in " + window);
    fired.put(id, 1);
  }

  @OnWindowExpiration
  public void expire(
      @Key String key,
      BoundedWindow window,
      @StateId("last") ValueState<Integer> last,
      @StateId("all") BagState<Integer> all,
      OutputReceiver<String> out) {
    int sum = 0;
    for (int value : all.read()) {
      sum += value;
    }
    out.output("expired " + key + " after " + last.read() + " with " + sum + " in " + window);
  }
}
