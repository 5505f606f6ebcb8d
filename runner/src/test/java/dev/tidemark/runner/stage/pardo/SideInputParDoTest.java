package dev.tidemark.runner.stage.pardo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Functions with side inputs, which may come late. */
class SideInputParDoTest {
  private static final IntervalWindow FIRST = window(0, 10);
  private static final IntervalWindow SECOND = window(10, 10);
  private static final IntervalWindow THIRD = window(20, 10);
  private static final TupleTag<String> MAIN = new TupleTag<>("main") {};

  private static IntervalWindow window(long start, long length) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(length));
  }

  /** A node whose windows of 10 ms see side input windows of 20 ms. */
  private static NodeInGraph node(boolean stateful) {
    Pipeline pipeline = Pipeline.create();
    PCollectionView<Integer> view =
        pipeline
            .apply("Side", Create.of(1))
            .apply("SideWindow", Window.into(FixedWindows.of(Duration.millis(20))))
            .apply(View.asSingleton());
    PCollection<KV<String, Integer>> input =
        pipeline
            .apply(Create.of(KV.of("a", 1)))
            .apply(Window.into(FixedWindows.of(Duration.millis(10))));
    ParDo.SingleOutput<KV<String, Integer>, String> parDo =
        stateful ? ParDo.of(new StatefulJoin(view)) : ParDo.of(new Join());
    input.apply(
        "Step", parDo.withSideInput("side", view).withOutputTags(MAIN, TupleTagList.empty()));
    return TestGraphs.node(pipeline, "Step");
  }

  /** Adds the side input, a parameter. */
  static final class Join extends DoFn<KV<String, Integer>, String> {
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @SideInput("side") Integer side,
        OutputReceiver<String> out) {
      out.output(element.getKey() + (element.getValue() + side));
    }
  }

  /** Adds the side input, asked for by view, to a sum. */
  static final class StatefulJoin extends DoFn<KV<String, Integer>, String> {
    private final PCollectionView<Integer> view;

    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    StatefulJoin(PCollectionView<Integer> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context, @StateId("sum") ValueState<Integer> sum) {
      KV<String, Integer> element = context.element();
      Integer before = sum.read();
      int now = (before == null ? 0 : before) + element.getValue();
      sum.write(now);
      context.output(element.getKey() + (now + context.sideInput(view)));
    }

    @OnWindowExpiration
    public void expire(
        @Key String key, @StateId("sum") ValueState<Integer> sum, OutputReceiver<String> out) {
      out.output(key + " in all " + sum.read());
    }
  }

  @Test
  void elementsWaitForTheirSideInputAndHoldTheWatermark() throws Exception {
    Scenario.of(node(false), ParDoProcessor::new)
        .element(KV.of("a", 1), 21, THIRD)
        .element(KV.of("a", 2), 5, FIRST)
        .element(KV.of("a", 3), 12, FIRST, SECOND)
        .watermark(100)
        .expect("main")
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(5))
        .sideInput(window(0, 20), 1000)
        .expectInOrder("main", "a1002", "a1003", "a1003")
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(21))
        .element(KV.of("a", 4), 6, FIRST)
        .element(KV.of("a", 5), 22, THIRD)
        .expectInOrder("main", "a1002", "a1003", "a1003", "a1004")
        .sideInput(window(20, 20), 2000)
        .expectInOrder("main", "a1002", "a1003", "a1003", "a1004", "a2001", "a2005")
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(100))
        .expectNothingLeft()
        .run();
  }

  @Test
  void elementsOfStatefulFunctionsWaitWithTheirKeyAndAreNotLateThen() throws Exception {
    Scenario.of(node(true), ParDoProcessor::new)
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("b", 2), 2, FIRST)
        .element(KV.of("a", 3), 3, FIRST)
        .endOfTime()
        .expect("main")
        .sideInput(window(0, 20), 1000)
        .expect("main", "a1001", "a1004", "b1002", "a in all 4", "b in all 2")
        .check(
            host ->
                assertThat(host.values("main")).containsSubsequence("a1001", "a1004", "a in all 4"))
        .expectNothingLeft()
        .run();
  }
}
