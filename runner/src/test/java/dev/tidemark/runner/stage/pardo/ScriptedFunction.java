package dev.tidemark.runner.stage.pardo;

import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Does with state and timers of all kinds what its elements say, and tells what it sees. */
final class ScriptedFunction extends DoFn<KV<String, String>, String> {
  private static final long serialVersionUID = 1L;

  /** All that an element may say. */
  static final List<String> ACTIONS =
      List.of(
          "value",
          "bag",
          "set",
          "map",
          "multimap",
          "list",
          "combine",
          "forget",
          "event",
          "earlier",
          "held",
          "holdsNothing",
          "tooLate",
          "badOutput",
          "relative",
          "aligned",
          "clear",
          "clock",
          "clockAligned",
          "stopClock",
          "familyEvent",
          "familyClock",
          "familyAgain",
          "loop",
          "now");

  @StateId("value")
  private final StateSpec<ValueState<String>> valueSpec = StateSpecs.value(StringUtf8Coder.of());

  @StateId("bag")
  private final StateSpec<BagState<String>> bagSpec = StateSpecs.bag(StringUtf8Coder.of());

  @StateId("set")
  private final StateSpec<SetState<String>> setSpec = StateSpecs.set(StringUtf8Coder.of());

  @StateId("map")
  private final StateSpec<MapState<String, Integer>> mapSpec =
      StateSpecs.map(StringUtf8Coder.of(), VarIntCoder.of());

  @StateId("multimap")
  private final StateSpec<MultimapState<String, Integer>> multimapSpec =
      StateSpecs.multimap(StringUtf8Coder.of(), VarIntCoder.of());

  @StateId("list")
  private final StateSpec<OrderedListState<String>> listSpec =
      StateSpecs.orderedList(StringUtf8Coder.of());

  @StateId("sum")
  private final StateSpec<CombiningState<Integer, int[], Integer>> sumSpec =
      StateSpecs.combining(Sum.ofIntegers());

  @TimerId("event")
  private final TimerSpec eventSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerId("clock")
  private final TimerSpec clockSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  @TimerFamily("events")
  private final TimerSpec eventsSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

  @TimerFamily("clocks")
  private final TimerSpec clocksSpec = TimerSpecs.timerMap(TimeDomain.PROCESSING_TIME);

  private final long skewMillis;

  ScriptedFunction(long skewMillis) {
    this.skewMillis = skewMillis;
  }

  @Override
  @Deprecated
  public Duration getAllowedTimestampSkew() {
    return Duration.millis(skewMillis);
  }

  @ProcessElement
  public void process(
      @Element KV<String, String> element,
      @Timestamp Instant timestamp,
      BoundedWindow window,
      PaneInfo pane,
      @AlwaysFetched @StateId("value") ValueState<String> value,
      @StateId("bag") BagState<String> bag,
      @StateId("set") SetState<String> set,
      @StateId("map") MapState<String, Integer> map,
      @StateId("multimap") MultimapState<String, Integer> multimap,
      @StateId("list") OrderedListState<String> list,
      @StateId("sum") CombiningState<Integer, int[], Integer> sum,
      @TimerId("event") Timer event,
      @TimerId("clock") Timer clock,
      @TimerFamily("events") TimerMap events,
      @TimerFamily("clocks") TimerMap clocks,
      OutputReceiver<String> out) {
    String action = element.getValue();
    switch (action) {
      case "value", "loop" -> value.write(action + timestamp.getMillis());
      case "bag" -> bag.add(timestamp.toString());
      case "set" -> set.add("at" + timestamp.getMillis() % 3);
      case "map" -> map.put("at" + timestamp.getMillis() % 3, (int) timestamp.getMillis());
      case "multimap" ->
          multimap.put("at" + timestamp.getMillis() % 3, (int) timestamp.getMillis());
      case "list" -> list.add(TimestampedValue.of(action, timestamp));
      case "combine" -> sum.add((int) timestamp.getMillis());
      case "forget" -> {
        value.clear();
        bag.clear();
        set.clear();
        map.remove("at1");
        sum.clear();
      }
      case "event" -> event.set(window.maxTimestamp());
      case "earlier" -> event.set(timestamp.plus(Duration.millis(2)));
      case "held" -> event.withOutputTimestamp(timestamp).set(window.maxTimestamp());
      case "holdsNothing" -> event.withNoOutputTimestamp().set(window.maxTimestamp());
      case "tooLate" -> event.set(window.maxTimestamp().plus(Duration.standardDays(1)));
      case "badOutput" ->
          event.withOutputTimestamp(timestamp.minus(Duration.millis(3))).set(window.maxTimestamp());
      case "relative" -> event.offset(Duration.millis(4)).setRelative();
      case "aligned" -> event.align(Duration.millis(7)).offset(Duration.millis(3)).setRelative();
      case "clear" -> event.clear();
      case "clock" -> clock.offset(Duration.millis(15)).setRelative();
      case "clockAligned" ->
          clock.align(Duration.millis(20)).offset(Duration.millis(3)).setRelative();
      case "stopClock" -> {
        clock.clear();
        clocks.get("one").clear();
      }
      case "familyEvent" -> events.set("at" + timestamp.getMillis() % 3, window.maxTimestamp());
      case "familyClock" -> clocks.get("one").offset(Duration.millis(25)).setRelative();
      case "familyAgain" -> {
        clocks.get("one").offset(Duration.millis(25)).setRelative();
        clocks.get("one").offset(Duration.millis(45)).setRelative();
      }
      case "now" ->
          out.output(event.getCurrentRelativeTime() + " " + clock.getCurrentRelativeTime());
      default -> throw new IllegalArgumentException(action);
    }
    if (action.equals("loop")) {
      event.withOutputTimestamp(timestamp).set(timestamp.plus(Duration.millis(3)));
    }
    out.output(element + " in " + window + pane + seen(value, bag, set, map, multimap, list, sum));
  }

  @OnTimer("event")
  public void event(
      OnTimerContext context,
      @Key String key,
      BoundedWindow window,
      @TimerId("event") Timer event,
      @StateId("value") ValueState<String> value,
      @StateId("bag") BagState<String> bag,
      OutputReceiver<String> out) {
    String before = value.read();
    context.output("event " + context.fireTimestamp() + " of " + key + before);
    bag.add("event");
    if (before != null && before.startsWith("loop")) {
      value.write("done");
      event.withOutputTimestamp(context.timestamp()).set(context.fireTimestamp());
    }
    out.outputWithTimestamp(
        context.timeDomain() + " in " + context.window() + window, context.timestamp());
  }

  @OnTimer("clock")
  public void clock(
      @Timestamp Instant timestamp,
      TimeDomain domain,
      BoundedWindow window,
      @TimerId("clock") Timer clock,
      @StateId("sum") CombiningState<Integer, int[], Integer> sum,
      MultiOutputReceiver out) {
    out.get(FunctionDifferenceTest.MAIN).output("clock of " + window + domain + sum.read());
    out.get(FunctionDifferenceTest.SIDE).output("clock at " + timestamp);
    sum.add(1);
  }

  @OnTimerFamily("events")
  public void events(
      @TimerId String id,
      @Timestamp Instant timestamp,
      @StateId("set") SetState<String> set,
      OutputReceiver<String> out) {
    set.add("event");
    out.output("event " + id + " at " + timestamp);
  }

  @OnTimerFamily("clocks")
  public void clocks(@TimerId String id, @Key String key, OutputReceiver<String> out) {
    out.output("clock " + id + " of " + key);
  }

  @OnWindowExpiration
  public void expire(
      @Key String key,
      @Timestamp Instant timestamp,
      BoundedWindow window,
      @StateId("value") ValueState<String> value,
      @StateId("bag") BagState<String> bag,
      OutputReceiver<String> out) {
    out.output("end of " + key + " in " + window + " at " + timestamp + value.read() + bag.read());
  }

  private static String seen(
      ValueState<String> value,
      BagState<String> bag,
      SetState<String> set,
      MapState<String, Integer> map,
      MultimapState<String, Integer> multimap,
      OrderedListState<String> list,
      CombiningState<Integer, int[], Integer> sum) {
    TreeSet<String> members = new TreeSet<>();
    set.read().forEach(members::add);
    TreeMap<String, Integer> mapped = new TreeMap<>();
    map.entries().read().forEach(entry -> mapped.put(entry.getKey(), entry.getValue()));
    return ": "
        + value.read()
        + bag.read()
        + members
        + mapped
        + multimap.get("at1").read()
        + list.read()
        + sum.read();
  }
}
