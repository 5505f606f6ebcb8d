package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Aggregation.Buffer;
import dev.tidemark.runner.simulation.Aggregation.Buffer.Flush;
import java.util.List;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** {@link Buffer} as a function: it declares all kinds of state and uses one. */
final class BufferFunction extends DoFn<KV<Integer, Integer>, KV<Integer, List<Integer>>> {
  private final Buffer buffer;

  @StateId("value")
  private final StateSpec<ValueState<List<Integer>>> valueSpec =
      StateSpecs.value(ListCoder.of(VarIntCoder.of()));

  @StateId("bag")
  private final StateSpec<BagState<Integer>> bagSpec = StateSpecs.bag(VarIntCoder.of());

  @StateId("combining")
  private final StateSpec<CombiningState<Integer, List<Integer>, List<Integer>>> combiningSpec =
      StateSpecs.combining(ListCoder.of(VarIntCoder.of()), new BufferStore.Concatenate());

  @StateId("map")
  private final StateSpec<MapState<Integer, Integer>> mapSpec =
      StateSpecs.map(VarIntCoder.of(), VarIntCoder.of());

  @StateId("multimap")
  private final StateSpec<MultimapState<Integer, Integer>> multimapSpec =
      StateSpecs.multimap(VarIntCoder.of(), VarIntCoder.of());

  @StateId("ordered")
  private final StateSpec<OrderedListState<Integer>> orderedSpec =
      StateSpecs.orderedList(VarIntCoder.of());

  @StateId("ticks")
  private final StateSpec<ValueState<Integer>> ticksSpec = StateSpecs.value(VarIntCoder.of());

  @TimerId("end")
  private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerId("early")
  private final TimerSpec earlySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  @TimerId("tick")
  private final TimerSpec tickSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerId("cleared")
  private final TimerSpec clearedSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  BufferFunction(Buffer buffer) {
    this.buffer = buffer;
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, Integer> element,
      BoundedWindow window,
      @StateId("value") ValueState<List<Integer>> value,
      @StateId("bag") BagState<Integer> bag,
      @StateId("combining") CombiningState<Integer, List<Integer>, List<Integer>> combining,
      @StateId("map") MapState<Integer, Integer> map,
      @StateId("multimap") MultimapState<Integer, Integer> multimap,
      @StateId("ordered") OrderedListState<Integer> ordered,
      @StateId("ticks") ValueState<Integer> ticks,
      @TimerId("end") Timer end,
      @TimerId("early") Timer early,
      @TimerId("tick") Timer tick,
      @TimerId("cleared") Timer cleared) {
    BufferStore.of(buffer.store(), value, bag, combining, map, multimap, ordered)
        .add(element.getValue());
    Instant last = window.maxTimestamp();
    if (buffer.flush() == Flush.EXPIRATION) {
      return;
    } else if (buffer.flush() == Flush.HELD) {
      end.withOutputTimestamp(last.minus(Duration.millis(9))).set(last);
    } else {
      end.set(last);
    }
    cleared.set(last);
    cleared.clear();
    if (buffer.flush() == Flush.PROCESSING_TIME) {
      early.offset(Duration.millis(50)).setRelative();
    }
    if (buffer.flush() == Flush.LOOP && ticks.read() == null) {
      ticks.write(1);
      tick.set(Instant.ofEpochMilli(Buffer.tickMillis(ElementFunctions.span(window), 1)));
    }
  }

  @OnTimer("end")
  public void onEnd(
      @Key Integer key,
      @StateId("value") ValueState<List<Integer>> value,
      @StateId("bag") BagState<Integer> bag,
      @StateId("combining") CombiningState<Integer, List<Integer>, List<Integer>> combining,
      @StateId("map") MapState<Integer, Integer> map,
      @StateId("multimap") MultimapState<Integer, Integer> multimap,
      @StateId("ordered") OrderedListState<Integer> ordered,
      OutputReceiver<KV<Integer, List<Integer>>> out) {
    flush(key, BufferStore.of(buffer.store(), value, bag, combining, map, multimap, ordered), out);
  }

  @OnTimer("early")
  public void onEarly(
      @Key Integer key,
      @StateId("value") ValueState<List<Integer>> value,
      @StateId("bag") BagState<Integer> bag,
      @StateId("combining") CombiningState<Integer, List<Integer>, List<Integer>> combining,
      @StateId("map") MapState<Integer, Integer> map,
      @StateId("multimap") MultimapState<Integer, Integer> multimap,
      @StateId("ordered") OrderedListState<Integer> ordered,
      OutputReceiver<KV<Integer, List<Integer>>> out) {
    flush(key, BufferStore.of(buffer.store(), value, bag, combining, map, multimap, ordered), out);
  }

  @OnTimer("tick")
  public void onTick(
      @Key Integer key,
      BoundedWindow window,
      @StateId("ticks") ValueState<Integer> ticks,
      @TimerId("tick") Timer tick,
      OutputReceiver<KV<Integer, List<Integer>>> out) {
    int number = ticks.read();
    out.output(KV.of(key, List.of(Buffer.tickMark(number))));
    ticks.write(number + 1);
    if (number < Buffer.TICKS) {
      long next = Buffer.tickMillis(ElementFunctions.span(window), number + 1);
      tick.set(Instant.ofEpochMilli(next));
    }
  }

  @OnTimer("cleared")
  public void onCleared(@Key Integer key, OutputReceiver<KV<Integer, List<Integer>>> out) {
    throw new IllegalStateException("A timer fires that was cleared.");
  }

  @OnWindowExpiration
  public void onExpiration(
      @Key Integer key,
      @StateId("value") ValueState<List<Integer>> value,
      @StateId("bag") BagState<Integer> bag,
      @StateId("combining") CombiningState<Integer, List<Integer>, List<Integer>> combining,
      @StateId("map") MapState<Integer, Integer> map,
      @StateId("multimap") MultimapState<Integer, Integer> multimap,
      @StateId("ordered") OrderedListState<Integer> ordered,
      OutputReceiver<KV<Integer, List<Integer>>> out) {
    BufferStore store =
        BufferStore.of(buffer.store(), value, bag, combining, map, multimap, ordered);
    if (buffer.flush() == Flush.EXPIRATION) {
      flush(key, store, out);
    } else if (!store.drain().isEmpty()) {
      throw new IllegalStateException("The window expires before the timer at its end.");
    }
  }

  private static void flush(
      int key, BufferStore store, OutputReceiver<KV<Integer, List<Integer>>> out) {
    List<Integer> values = store.drain();
    if (!values.isEmpty()) {
      out.output(KV.of(key, values));
    }
  }
}
