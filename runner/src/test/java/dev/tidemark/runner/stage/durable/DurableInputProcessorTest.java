package dev.tidemark.runner.stage.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.pardo.ParDoProcessor;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class DurableInputProcessorTest {
  private static final TupleTag<String> MAIN = new TupleTag<>("main") {};
  private static final List<Schedule> NEVER_RESTORED = List.of(Schedule.PLAIN);

  private static Scenario scenario(DoFn<KV<String, Integer>, String> fn, boolean keyed) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", 1)))
        .apply("Step", ParDo.of(fn).withOutputTags(MAIN, TupleTagList.empty()));
    NodeInGraph node = TestGraphs.node(pipeline, "Step");
    return Scenario.of(node, () -> new DurableInputProcessor(new ParDoProcessor(), keyed));
  }

  /** Tells what it gets. */
  static final class Tell extends DoFn<KV<String, Integer>, String> {
    @ProcessElement
    public void process(@Element KV<String, Integer> element, OutputReceiver<String> out) {
      out.output(element.getKey() + element.getValue());
    }
  }

  private static Scenario with(Scenario scenario, String key, int value, long timestamp) {
    return scenario.element(KV.of(key, value), timestamp, GlobalWindow.INSTANCE);
  }

  @Test
  void nothingIsDeliveredBeforeItIsCommitted() throws Exception {
    Scenario scenario = with(scenario(new Tell(), false), "a", 1, 5);
    with(scenario.watermark(3), "a", 2, 7)
        .endOfTime()
        .expect("main")
        .check(host -> assertThat(host.inputWatermark()).isEqualTo(5))
        .check(FakeHost::commit)
        .endOfTime()
        .expectInOrder("main", "a1", "a2")
        .expectNothingLeft()
        .run(NEVER_RESTORED);
  }

  @Test
  void whatCameAfterACommitWaitsForTheNext() throws Exception {
    Scenario scenario = with(scenario(new Tell(), false), "a", 1, 5).watermark(3);
    with(scenario.check(FakeHost::commit), "b", 2, 6)
        .watermark(4)
        .expect("main", "a1")
        .check(FakeHost::commit)
        .watermark(4)
        .expectInOrder("main", "a1", "b2")
        .run(NEVER_RESTORED);
  }

  /** Numbers the elements of a key, and tells how many there were at a time of 100. */
  static final class Numbered extends DoFn<KV<String, Integer>, String> {
    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("count") ValueState<Integer> count,
        @TimerId("end") Timer end,
        OutputReceiver<String> out) {
      Integer before = count.read();
      int now = before == null ? 1 : before + 1;
      count.write(now);
      end.set(Instant.ofEpochMilli(100));
      out.output(now + ". of " + element.getKey() + ": " + element.getValue());
    }

    @OnTimer("end")
    public void end(
        @Key String key, @StateId("count") ValueState<Integer> count, OutputReceiver<String> out) {
      out.output(count.read() + " of " + key);
    }
  }

  /** Elements hold the watermark while they wait, so that no timer overtakes them. */
  @Test
  void stateAndTimersAreByKey() throws Exception {
    Scenario scenario = scenario(new Numbered(), true);
    with(with(with(scenario, "a", 1, 5), "b", 2, 6), "a", 3, 99)
        .watermark(200)
        .check(FakeHost::commit)
        .watermark(200)
        .expect("main", "1. of a: 1", "1. of b: 2", "2. of a: 3", "2 of a", "1 of b")
        .check(FakeHost::commit)
        .endOfTime()
        .expectNothingLeft()
        .run();
  }
}
