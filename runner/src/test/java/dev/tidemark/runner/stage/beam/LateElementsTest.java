package dev.tidemark.runner.stage.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.stub.OneNodeGraph;
import dev.tidemark.runner.stage.stub.StubNodeContext;
import dev.tidemark.runner.stage.stub.Windowings;
import dev.tidemark.translation.graph.Operation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.KeyedWorkItem;
import org.apache.beam.runners.core.KeyedWorkItems;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** What is dropped for being late, against Beam's own runner of the same purpose. */
class LateElementsTest {

  @Property(tries = 300)
  void theSameIsDropped(
      @ForAll Windowings windowing,
      @ForAll @IntRange(min = 0, max = 40) int timestamp,
      @ForAll @IntRange(min = 0, max = 30) int lateness,
      @ForAll @IntRange(min = 0, max = 100) int watermark)
      throws Exception {
    WindowingStrategy<?, ?> strategy =
        WindowingStrategy.of(windowing.windowFn()).withAllowedLateness(Duration.millis(lateness));
    WindowedValue<Long> element = windowing.assign(1L, timestamp);

    StubNodeContext context = new StubNodeContext(graph(strategy), true);
    LateElements late =
        new LateElements(
            WindowGrouping.grouping(context, output -> {}, () -> watermark).lateness());

    assertThat(windows(late.drop(element, watermark)))
        .containsExactlyInAnyOrderElementsOf(windows(beam(strategy, element, watermark)));
  }

  private static List<BoundedWindow> windows(List<WindowedValue<Long>> elements) {
    List<BoundedWindow> windows = new ArrayList<>();
    elements.forEach(element -> windows.addAll(element.getWindows()));
    return windows;
  }

  private static List<WindowedValue<Long>> beam(
      WindowingStrategy<?, ?> strategy, WindowedValue<Long> element, long watermark)
      throws Exception {
    InMemoryTimerInternals time = new InMemoryTimerInternals();
    time.advanceInputWatermark(Instant.ofEpochMilli(watermark));
    List<WindowedValue<Long>> kept = new ArrayList<>();
    new LateDataDroppingDoFnRunner<String, Long, Long, BoundedWindow>(keeping(kept), strategy, time)
        .processElement(
            WindowedValues.valueInGlobalWindow(
                KeyedWorkItems.elementsWorkItem("key", List.of(element))));
    return kept;
  }

  /** A runner that keeps what it gets; its interface is not the same in all versions of Beam. */
  @SuppressWarnings("unchecked") // a proxy knows no types
  private static DoFnRunner<KeyedWorkItem<String, Long>, KV<String, Long>> keeping(
      List<WindowedValue<Long>> kept) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("processElement")) {
            WindowedValue<KeyedWorkItem<String, Long>> item =
                (WindowedValue<KeyedWorkItem<String, Long>>) arguments[0];
            item.getValue().elementsIterable().forEach(kept::add);
          }
          return null;
        };
    return (DoFnRunner<KeyedWorkItem<String, Long>, KV<String, Long>>)
        Proxy.newProxyInstance(
            LateElementsTest.class.getClassLoader(), new Class<?>[] {DoFnRunner.class}, handler);
  }

  private static OneNodeGraph graph(WindowingStrategy<?, ?> windowing) {
    return OneNodeGraph.of(
        components -> new Operation.GroupByKey(),
        KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
        KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarLongCoder.of())),
        windowing);
  }
}
