package dev.tidemark.runner.stage.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.stub.OneNodeGraph;
import dev.tidemark.runner.stage.stub.StubNodeContext;
import dev.tidemark.runner.stage.stub.Windowings;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;

class PartialCombineProcessorTest {

  /** Keeps all inputs. */
  private static final class AsList extends Combine.CombineFn<Long, List<Long>, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<Long> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<Long> addInput(List<Long> accumulator, Long input) {
      accumulator.add(input);
      return accumulator;
    }

    @Override
    public List<Long> mergeAccumulators(Iterable<List<Long>> accumulators) {
      List<Long> merged = new ArrayList<>();
      accumulators.forEach(merged::addAll);
      return merged;
    }

    @Override
    public Long extractOutput(List<Long> accumulator) {
      return (long) accumulator.size();
    }

    @Override
    public Coder<List<Long>> getAccumulatorCoder(CoderRegistry registry, Coder<Long> inputCoder) {
      return ListCoder.of(inputCoder);
    }
  }

  @Test
  void emitsOneAccumulatorForEachKeyAndWindowWhenFlushedInStreaming() throws Exception {
    StubNodeContext context = context(WindowingStrategy.of(Windowings.FIXED.windowFn()), true);
    PartialCombineProcessor processor = open(context, PartialCombineLimits.USUAL);
    processor.process(element("a", 1, 3));
    processor.process(element("a", 2, 5));
    processor.process(element("a", 4, 12));
    processor.process(element("b", 8, 1));
    assertThat(context.outputs()).isEmpty();
    assertThat(processor.pendingHold()).isEqualTo(9);
    processor.flush();

    assertThat(sums(context)).containsExactly("a=3@9", "a=4@19", "b=8@9");
    assertThat(processor.pendingHold()).isEqualTo(Timestamps.MAX);
    processor.flush();
    assertThat(context.outputs()).hasSize(3);
  }

  @Test
  void keepsItsTableWhenFlushedInBatch() throws Exception {
    StubNodeContext context = context(WindowingStrategy.of(Windowings.FIXED.windowFn()), false);
    PartialCombineProcessor processor = open(context, PartialCombineLimits.USUAL);
    processor.process(element("a", 1, 3));
    processor.flush();
    context.advanceWatermark(processor, 1000);
    processor.process(element("a", 2, 3));
    processor.flush();
    assertThat(context.outputs()).isEmpty();
    assertThat(processor.pendingHold()).isEqualTo(9);
    context.advanceWatermark(processor, Timestamps.MAX);

    assertThat(sums(context)).containsExactly("a=3@9");
  }

  @Test
  void flushesAFullTableAndLooksAwayWhereKeysDoNotRepeat() throws Exception {
    StubNodeContext context = context(WindowingStrategy.globalDefault(), false);
    PartialCombineProcessor processor =
        open(context, new PartialCombineLimits(10, 1 << 20, 1.2, 5));
    for (int i = 0; i < 10; i++) {
      processor.process(Windowings.GLOBAL.assign(KV.of("k" + i, 1L), 0));
    }
    assertThat(context.outputs()).hasSize(10);
    for (int i = 0; i < 7; i++) {
      processor.process(Windowings.GLOBAL.assign(KV.of("same", 1L), 0));
    }
    assertThat(context.outputs()).hasSize(15);
    context.advanceWatermark(processor, Timestamps.MAX);
    assertThat(context.outputs()).hasSize(16);
  }

  @Test
  void keepsOnCombiningWhereKeysRepeat() throws Exception {
    StubNodeContext context = context(WindowingStrategy.globalDefault(), false);
    PartialCombineProcessor processor =
        open(context, new PartialCombineLimits(10, 1 << 20, 1.2, 5));
    for (int i = 0; i < 28; i++) {
      processor.process(Windowings.GLOBAL.assign(KV.of("k" + i / 2, 1L), 0));
    }
    // Flushed when the tenth key came, which then comes again.
    assertThat(context.outputs()).hasSize(10);
    context.advanceWatermark(processor, Timestamps.MAX);
    assertThat(context.outputs()).hasSize(15);
  }

  @Test
  void flushesWhenAccumulatorsGrowLarge() throws Exception {
    OneNodeGraph graph =
        graph(WindowingStrategy.globalDefault(), new AsList(), ListCoder.of(VarLongCoder.of()));
    StubNodeContext context = new StubNodeContext(graph, false);
    PartialCombineProcessor processor =
        open(context, new PartialCombineLimits(1000, 100_000, 1.2, 5));
    for (long i = 0; i < 500_000; i++) {
      processor.process(Windowings.GLOBAL.assign(KV.of("hot", i), 0));
    }
    context.advanceWatermark(processor, Timestamps.MAX);

    assertThat(context.outputs().size()).isGreaterThan(5);
    long next = 0;
    for (WindowedValue<?> element : context.elements()) {
      List<?> accumulator = (List<?>) ((KV<?, ?>) element.getValue()).getValue();
      assertThat(accumulator).hasSizeLessThan(100_000);
      assertThat(accumulator.get(0)).isEqualTo(next);
      next += accumulator.size();
    }
    assertThat(next).isEqualTo(500_000);
  }

  @Test
  void aLateElementDoesNotMakeOthersLate() throws Exception {
    StubNodeContext context =
        context(
            WindowingStrategy.of(Windowings.FIXED.windowFn())
                .withTimestampCombiner(TimestampCombiner.EARLIEST),
            true);
    PartialCombineProcessor processor = open(context, PartialCombineLimits.USUAL);
    context.advanceWatermark(processor, 5);
    processor.process(element("a", 1, 7));
    processor.process(element("a", 2, 3));
    processor.process(element("a", 4, 6));
    processor.flush();

    assertThat(sums(context)).containsExactly("a=2@3", "a=5@6");
  }

  @Test
  void sessionsMergeBeforeTheyAreSent() throws Exception {
    StubNodeContext context = context(WindowingStrategy.of(Windowings.SESSIONS.windowFn()), false);
    PartialCombineProcessor processor = open(context, PartialCombineLimits.USUAL);
    for (long timestamp : new long[] {0, 20, 4, 12, 24, 8, 16}) {
      processor.process(element(Windowings.SESSIONS, "a", 1, timestamp));
      processor.process(element(Windowings.SESSIONS, "b", 1, 10 * timestamp));
    }
    assertThat(processor.pendingHold()).isEqualTo(4);
    context.advanceWatermark(processor, Timestamps.MAX);

    assertThat(sums(context))
        .containsExactlyInAnyOrder(
            "a=7@28", "b=1@4", "b=1@204", "b=1@44", "b=1@124", "b=1@244", "b=1@84", "b=1@164");
  }

  @Test
  void anElementFarBehindManySessionsGoesByItself() throws Exception {
    StubNodeContext context = context(WindowingStrategy.of(Windowings.SESSIONS.windowFn()), false);
    PartialCombineProcessor processor = open(context, PartialCombineLimits.USUAL);
    for (long session = 0; session < 100; session++) {
      processor.process(element(Windowings.SESSIONS, "a", 1, 10 * session));
    }
    processor.process(element(Windowings.SESSIONS, "a", 1, 972));
    assertThat(context.outputs()).isEmpty();
    processor.process(element(Windowings.SESSIONS, "a", 1, 12));
    assertThat(sums(context)).containsExactly("a=1@16");
    context.advanceWatermark(processor, Timestamps.MAX);
    assertThat(sums(context)).hasSize(101).contains("a=2@976");
  }

  @Test
  void aLateElementIsNotMergedWithOthersOfItsSession() throws Exception {
    StubNodeContext context = context(WindowingStrategy.of(Windowings.SESSIONS.windowFn()), true);
    PartialCombineProcessor processor = open(context, PartialCombineLimits.USUAL);
    context.advanceWatermark(processor, 5);
    processor.process(element(Windowings.SESSIONS, "a", 1, 7));
    processor.process(element(Windowings.SESSIONS, "a", 2, 3));
    processor.process(element(Windowings.SESSIONS, "a", 4, 6));
    processor.flush();

    assertThat(sums(context)).containsExactly("a=2@7", "a=5@11");
  }

  @Test
  void combinesGroupedValues() throws Exception {
    OneNodeGraph graph =
        OneNodeGraph.of(
            components ->
                new Operation.CombineGroupedValues(
                    OneNodeGraph.combinePayload(
                        components, new StrictSum(), new StrictSum.AccumulatorCoder())),
            KvCoder.of(StringUtf8Coder.of(), ListCoder.of(VarLongCoder.of())),
            KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()),
            WindowingStrategy.globalDefault());
    StubNodeContext context = new StubNodeContext(graph, false);
    CombineGroupedValuesProcessor processor =
        new CombineGroupedValuesProcessor(
            (Operation.CombineGroupedValues) context.node().operation());
    processor.open(context);
    WindowedValue<?> group = Windowings.FIXED.assign(KV.of("a", List.of(1L, 2L, 4L)), 5);
    processor.process(group);
    assertThat(context.elements()).hasSize(1);
    WindowedValue<?> result = context.elements().get(0);
    assertThat(result).isEqualTo(group.withValue(KV.of("a", "7/3")));
    assertThat(result.getTimestamp()).isEqualTo(group.getTimestamp());
  }

  @Test
  void refusesACombineFunctionOfAnotherLanguage() {
    StubNodeContext context = context(WindowingStrategy.globalDefault(), false);
    Operation.PartialCombine operation = (Operation.PartialCombine) context.node().operation();
    var foreign = operation.payload().toBuilder();
    foreign.getCombineFnBuilder().setUrn("beam:combinefn:packed_python:v1");
    assertThatThrownBy(() -> Combiner.of(foreign.build(), context))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Sum/Group: the combine function beam:combinefn:packed_python:v1 is not a Java one");
  }

  private static WindowedValue<KV<String, Long>> element(String key, long value, long timestamp) {
    return element(Windowings.FIXED, key, value, timestamp);
  }

  private static WindowedValue<KV<String, Long>> element(
      Windowings windowing, String key, long value, long timestamp) {
    return windowing.assign(KV.of(key, value), timestamp);
  }

  private static List<String> sums(StubNodeContext context) {
    List<String> sums = new ArrayList<>();
    for (WindowedValue<?> element : context.elements()) {
      KV<?, ?> kv = (KV<?, ?>) element.getValue();
      sums.add(
          kv.getKey()
              + "="
              + Sum.ofLongs().extractOutput((long[]) kv.getValue())
              + "@"
              + element.getTimestamp().getMillis());
    }
    return sums;
  }

  private static PartialCombineProcessor open(
      StubNodeContext context, PartialCombineLimits limits) {
    PartialCombineProcessor processor =
        new PartialCombineProcessor((Operation.PartialCombine) context.node().operation(), limits);
    processor.open(context);
    return processor;
  }

  private static StubNodeContext context(WindowingStrategy<?, ?> windowing, boolean streaming) {
    Coder<long[]> coder = accumulatorCoder();
    return new StubNodeContext(graph(windowing, Sum.ofLongs(), coder), streaming);
  }

  private static Coder<long[]> accumulatorCoder() {
    return Sum.ofLongs().getAccumulatorCoder(CoderRegistry.createDefault(), VarLongCoder.of());
  }

  private static OneNodeGraph graph(
      WindowingStrategy<?, ?> windowing, GlobalCombineFn<?, ?, ?> function, Coder<?> coder) {
    return OneNodeGraph.of(
        components ->
            new Operation.PartialCombine(OneNodeGraph.combinePayload(components, function, coder)),
        KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
        KvCoder.of(StringUtf8Coder.of(), coder),
        windowing);
  }
}
