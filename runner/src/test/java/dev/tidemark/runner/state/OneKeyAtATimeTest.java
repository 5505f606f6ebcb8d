package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Functions with state in batch jobs: a key's state is gone before the next key begins. */
class OneKeyAtATimeTest {
  private static final Duration WINDOW = Duration.millis(10);

  private final Pipeline pipeline = Pipeline.create();

  private PCollection<KV<String, Integer>> input() {
    return pipeline.apply("Input", Create.of(KV.of("k", 1)));
  }

  private static WindowedValue<?> global(String key, int value) {
    return WindowedValues.of(
        KV.of(key, value), Instant.ofEpochMilli(value), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING);
  }

  private static WindowedValue<?> windowed(String key, int value) {
    IntervalWindow window = new IntervalWindow(Instant.ofEpochMilli(value / 10 * 10L), WINDOW);
    return WindowedValues.of(
        KV.of(key, value), Instant.ofEpochMilli(value), window, PaneInfo.NO_FIRING);
  }

  /** Keeps all values until the window expires. */
  private static final class Gather extends DoFn<KV<String, Integer>, Integer> {
    @StateId("values")
    private final StateSpec<BagState<Integer>> valuesSpec = StateSpecs.bag(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, @StateId("values") BagState<Integer> values) {
      values.add(element.getValue());
    }

    @OnWindowExpiration
    public void expire(
        @StateId("values") BagState<Integer> values, OutputReceiver<Integer> output) {
      int count = 0;
      for (Integer ignored : values.read()) {
        count++;
      }
      output.output(count);
    }
  }

  private static List<WindowedValue<?>> shuffledElements(int keys, int perKey) {
    List<WindowedValue<?>> elements = new ArrayList<>();
    for (int i = 0; i < keys * perKey; i++) {
      elements.add(global("key " + i % keys, i));
    }
    Collections.shuffle(elements, new Random(7));
    return elements;
  }

  @Test
  void theStateOfOneKeyIsAliveWhateverTheirNumber() throws Exception {
    input().apply(ParDo.of(new Gather()));
    try (StageHost host = new StageHost(pipeline)) {
      host.send(shuffledElements(100_000, 2));
      host.advance(Timestamps.MAX);
      assertThat(host.outputs()).hasSize(100_000).allMatch(count -> count.equals(2));
      assertThat(host.mostKeys()).isEqualTo(1);
      assertThat(host.keys()).isZero();
    }
  }

  @Test
  void functionsThatShareTheirKeyForgetItTogether() throws Exception {
    PCollection<KV<String, Integer>> shared = input().apply(Redistribute.byKey());
    shared.apply("One", ParDo.of(new Gather()));
    shared.apply("Other", ParDo.of(new Gather()));
    try (StageHost host = new StageHost(pipeline)) {
      host.send(shuffledElements(1_000, 3));
      host.advance(Timestamps.MAX);
      assertThat(host.outputs()).hasSize(2_000).allMatch(count -> count.equals(3));
      assertThat(host.mostKeys()).isEqualTo(2);
      assertThat(host.keys()).isZero();
      assertThat(host.outputWatermark()).isEqualTo(Timestamps.MAX);
    }
  }

  /** Tells everything that happens; timers fire at the value and twice 2 ms after it. */
  private static final class Tell extends DoFn<KV<String, Integer>, String> {
    @TimerId("timer")
    private final TimerSpec timerSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @TimerId("timer") Timer timer,
        OutputReceiver<String> output) {
      output.output(element.getKey() + element.getValue());
      timer.set(Instant.ofEpochMilli(element.getValue() + 2));
    }

    @OnTimer("timer")
    public void fire(
        @Key String key,
        @Timestamp Instant timestamp,
        @TimerId("timer") Timer timer,
        OutputReceiver<String> output) {
      output.output(key + " fires " + timestamp.getMillis());
      if (timestamp.getMillis() % 10 < 7) {
        timer.set(timestamp.plus(Duration.millis(2)));
      }
    }

    @OnWindowExpiration
    public void expire(@Key String key, IntervalWindow window, OutputReceiver<String> output) {
      output.output(key + " ends " + window.start().getMillis());
    }
  }

  @Test
  void timeEndsForAKeyBeforeTheNextOneBegins() throws Exception {
    input().apply(Window.into(FixedWindows.of(WINDOW))).apply(ParDo.of(new Tell()));
    try (StageHost host = new StageHost(pipeline)) {
      host.send(List.of(windowed("a", 15), windowed("b", 4), windowed("a", 3)));
      host.advance(1);
      host.send(List.of(windowed("b", 3), windowed("a", 2)));
      host.advance(Timestamps.MAX);
      List<Object> ofA =
          List.of(
              "a2", "a3", "a15", "a fires 5", "a fires 7", "a ends 0", "a fires 17", "a ends 10");
      List<Object> ofB = List.of("b3", "b4", "b fires 6", "b fires 8", "b ends 0");
      assertThat(host.outputs()).hasSize(13).containsSubsequence(ofA).containsSubsequence(ofB);
      int first = Math.min(host.outputs().indexOf("a2"), host.outputs().indexOf("b3"));
      int second = Math.max(host.outputs().indexOf("a2"), host.outputs().indexOf("b3"));
      assertThat(first).isZero();
      assertThat(second).isIn(ofA.size(), ofB.size());
    }
  }

  @Test
  void nothingIsLateAsNothingHappensBeforeTheInputIsComplete() throws Exception {
    input().apply(Window.into(FixedWindows.of(WINDOW))).apply(ParDo.of(new Tell()));
    try (StageHost host = new StageHost(pipeline)) {
      host.send(List.of(windowed("a", 15)));
      host.advance(1_000);
      assertThat(host.outputs()).isEmpty();
      assertThat(host.outputWatermark()).isEqualTo(Timestamps.MIN);
      host.send(List.of(windowed("a", 7)));
      host.advance(Timestamps.MAX);
      assertThat(host.outputs())
          .containsExactly("a7", "a15", "a fires 9", "a ends 0", "a fires 17", "a ends 10");
      assertThat(host.outputWatermark()).isEqualTo(Timestamps.MAX);
    }
  }

  /** Wants its input in the order of time. */
  private static final class InOrder extends DoFn<KV<String, Integer>, Integer> {
    @RequiresTimeSortedInput
    @ProcessElement
    public void process(@Element KV<String, Integer> element, OutputReceiver<Integer> output) {
      output.output(element.getValue());
    }
  }

  @Test
  void whatIsSortedAlreadyIsNotKeptAsStateToBeSortedAgain() throws Exception {
    input().apply(ParDo.of(new InOrder()));
    try (StageHost host = new StageHost(pipeline)) {
      host.send(List.of(global("a", 3), global("a", 1), global("a", 2)));
      host.advance(Timestamps.MAX);
      assertThat(host.outputs()).containsExactly(1, 2, 3);
      assertThat(host.mostKeys()).isZero();
    }
  }
}
