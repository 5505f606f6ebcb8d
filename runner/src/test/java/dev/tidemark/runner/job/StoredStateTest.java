package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.translation.PipelineTranslator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Jobs whose state leaves memory after every page, is read back from the store, and stays objects:
 * there must be no difference.
 */
class StoredStateTest {
  private static final int ELEMENTS = 20_000;

  @ParameterizedTest
  @CsvSource({"false,1", "false,2", "true,1", "true,2"})
  void stateIsThereForTheNextElementOfTheKey(boolean stored, int lanes) {
    Pipeline pipeline = Pipeline.create();
    PAssert.that(
            pipeline
                .apply(Create.of(numbers()))
                .apply(keys(2))
                .apply(ParDo.of(new EverySecond()))
                .apply(Count.globally()))
        .containsInAnyOrder(ELEMENTS / 2L);
    run(pipeline, stored, lanes);
  }

  @ParameterizedTest
  @CsvSource({"false,1", "true,1", "true,2"})
  void bagsAreWholeWhenTheirTimerFires(boolean stored, int lanes) {
    Pipeline pipeline = Pipeline.create();
    PAssert.that(
            pipeline
                .apply(Create.of(numbers()))
                .apply(keys(5))
                .apply(ParDo.of(new CollectUntilTheEnd())))
        .containsInAnyOrder(Collections.nCopies(5, ELEMENTS / 5));
    run(pipeline, stored, lanes);
  }

  @ParameterizedTest
  @CsvSource({"false,1", "true,1", "true,2"})
  void sessionsMerge(boolean stored, int lanes) {
    Pipeline pipeline = Pipeline.create();
    // Sessions of 10 elements, one second apart; then a gap.
    PAssert.that(
            pipeline
                .apply(Create.of(numbers()))
                .apply(
                    WithTimestamps.of(number -> Instant.ofEpochSecond(number + number / 10 * 100L)))
                .apply(Window.into(Sessions.withGapDuration(Duration.standardSeconds(20))))
                .apply(keys(1))
                .apply(GroupByKey.create())
                .apply(
                    MapElements.into(TypeDescriptors.integers())
                        .via(group -> size(group.getValue())))
                .apply(Window.into(new GlobalWindows()))
                .apply(Count.perElement()))
        .containsInAnyOrder(KV.of(10, ELEMENTS / 10L));
    run(pipeline, stored, lanes);
  }

  private static void run(Pipeline pipeline, boolean stored, int lanes) {
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setLanes(lanes);
    Simulation simulation = new Simulation(null, 3_000, stored, null, null);
    TidemarkRunner runner =
        new TidemarkRunner(
            options,
            PipelineTranslator::translate,
            (graph, jobOptions, loader, store) ->
                EmbeddedExecution.create(graph, jobOptions, loader, simulation));
    assertThat(runner.run(pipeline).waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }

  private static List<Integer> numbers() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < ELEMENTS; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private static WithKeys<String, Integer> keys(int count) {
    return WithKeys.<String, Integer>of(number -> "key" + number % count)
        .withKeyType(TypeDescriptors.strings());
  }

  private static int size(Iterable<?> values) {
    int size = 0;
    for (Object unused : values) {
      size++;
    }
    return size;
  }

  /** Sets its state with one element and clears it with the next. */
  static class EverySecond extends DoFn<KV<String, Integer>, Integer> {
    @StateId("odd")
    private final StateSpec<ValueState<Integer>> odd = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("odd") ValueState<Integer> state,
        OutputReceiver<Integer> output) {
      @Nullable Integer before = state.read();
      if (before == null) {
        state.write(element.getValue());
      } else {
        state.clear();
        output.output(before);
      }
    }
  }

  /** Emits how many elements of the key there were. */
  static class CollectUntilTheEnd extends DoFn<KV<String, Integer>, Integer> {
    @StateId("all")
    private final StateSpec<BagState<KV<String, Integer>>> all =
        StateSpecs.bag(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()));

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("all") BagState<KV<String, Integer>> bag,
        @TimerId("end") Timer timer) {
      bag.add(element);
      timer.set(Instant.ofEpochMilli(1_000_000));
    }

    @OnTimer("end")
    public void onEnd(
        @StateId("all") BagState<KV<String, Integer>> bag, OutputReceiver<Integer> output) {
      output.output(size(bag.read()));
    }
  }
}
