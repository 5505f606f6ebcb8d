package dev.tidemark.runner.stage.combine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.exchange.ScratchFolder;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.stub.Lanes;
import dev.tidemark.runner.stage.stub.OneNodeGraph;
import dev.tidemark.runner.stage.stub.ReduceFnOracle;
import dev.tidemark.runner.stage.stub.StubNodeContext;
import dev.tidemark.runner.stage.stub.Windowings;
import dev.tidemark.translation.graph.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DelegateCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.assertj.core.util.Files;
import org.joda.time.Instant;

class CombineTest {
  private static final Coder<StrictSum.Accumulator> ACCUMULATOR_CODER =
      new StrictSum.AccumulatorCoder();

  // Not one of the coders whose keys are compared as objects.
  private static final Coder<String> OPAQUE_KEY_CODER =
      DelegateCoder.of(StringUtf8Coder.of(), text -> text, text -> text);

  private record Result(
      String key, BoundedWindow window, Instant timestamp, PaneInfo pane, String value) {}

  record Item(String key, long value, long timestamp) {}

  @Property(tries = 300)
  void combinesWhatBeamGroups(
      @ForAll("items") List<Item> items,
      @ForAll Windowings windowing,
      @ForAll TimestampCombiner timestampCombiner,
      @ForAll @IntRange(min = 1, max = 4) int lanes,
      @ForAll @IntRange(min = 1, max = 20) int flushEvery)
      throws Exception {
    WindowingStrategy<?, ?> strategy = strategy(windowing, timestampCombiner);
    List<WindowedValue<KV<String, Long>>> elements = assign(windowing, items);

    assertThat(results(combine(strategy, false, elements, lanes, flushEvery)))
        .containsExactlyInAnyOrderElementsOf(oracle(strategy, elements));
  }

  @Property(tries = 80)
  void accumulatorsOnDiskComeToTheSame(
      @ForAll long seed,
      @ForAll Windowings windowing,
      @ForAll TimestampCombiner timestampCombiner,
      @ForAll @IntRange(min = 1, max = 400) int keys,
      @ForAll @IntRange(min = 0, max = 60_000) int memoryBytes,
      @ForAll @IntRange(min = 1, max = 200) int flushEvery)
      throws Exception {
    Random random = new Random(seed);
    List<Item> items = new ArrayList<>();
    for (int i = random.nextInt(1_500); i >= 0; i--) {
      items.add(new Item("k" + random.nextInt(keys), i, random.nextInt(90) - 30));
    }
    WindowingStrategy<?, ?> strategy = strategy(windowing, timestampCombiner);
    List<WindowedValue<KV<String, Long>>> elements = assign(windowing, items);
    Path parent = Files.newTemporaryFolder().toPath();
    try (ScratchFolder folder = new ScratchFolder(parent)) {
      SpillSpace space = new SpillSpace(folder, new MemoryBudget(memoryBytes), 0);
      assertThat(results(combine(strategy, false, elements, new Lanes(2, flushEvery, space))))
          .containsExactlyInAnyOrderElementsOf(
              results(combine(strategy, false, elements, 2, flushEvery)));
      assertThat(space.budget().free()).isEqualTo(memoryBytes);
    }
    assertThat(parent).isEmptyDirectory();
    java.nio.file.Files.delete(parent);
  }

  @Property(tries = 300)
  void combiningInTwoStepsIsTheSame(
      @ForAll("items") List<Item> items,
      @ForAll Windowings windowing,
      @ForAll TimestampCombiner timestampCombiner,
      @ForAll boolean streaming,
      @ForAll boolean opaqueKeys,
      @ForAll @IntRange(min = 1, max = 10) int tableSize,
      @ForAll @IntRange(min = 0, max = 5) int bypassedElements,
      @ForAll @IntRange(min = 1, max = 20) int flushEvery,
      @ForAll @IntRange(min = 1, max = 4) int lanes)
      throws Exception {
    WindowingStrategy<?, ?> strategy = strategy(windowing, timestampCombiner);
    List<WindowedValue<KV<String, Long>>> elements = assign(windowing, items);
    PartialCombineLimits limits = new PartialCombineLimits(tableSize, 1000, 1.5, bypassedElements);

    StubNodeContext context =
        new StubNodeContext(
            partialGraph(strategy, opaqueKeys ? OPAQUE_KEY_CODER : StringUtf8Coder.of()),
            streaming);
    PartialCombineProcessor partial =
        new PartialCombineProcessor((Operation.PartialCombine) context.node().operation(), limits);
    partial.open(context);
    for (int i = 0; i < elements.size(); i++) {
      partial.process(elements.get(i));
      if ((i + 1) % flushEvery == 0) {
        partial.flush();
        if (streaming) {
          assertThat(partial.pendingHold()).isEqualTo(Timestamps.MAX);
        }
      }
    }
    context.advanceWatermark(partial, Timestamps.MAX);
    partial.flush();
    assertThat(partial.pendingHold()).isEqualTo(Timestamps.MAX);
    partial.close();

    assertThat(results(combine(strategy, true, context.elements(), lanes, 7)))
        .containsExactlyInAnyOrderElementsOf(oracle(strategy, elements));
  }

  @Provide
  Arbitrary<List<Item>> items() {
    return Combinators.combine(
            Arbitraries.strings().withChars("abc").ofMaxLength(1),
            Arbitraries.longs().between(-1000, 1000),
            Arbitraries.longs().between(-30, 60))
        .as(Item::new)
        .list()
        .ofMaxSize(60);
  }

  private static WindowingStrategy<?, ?> strategy(
      Windowings windowing, TimestampCombiner timestampCombiner) {
    return WindowingStrategy.of(windowing.windowFn()).withTimestampCombiner(timestampCombiner);
  }

  private static List<WindowedValue<KV<String, Long>>> assign(
      Windowings windowing, List<Item> items) {
    List<WindowedValue<KV<String, Long>>> elements = new ArrayList<>();
    for (Item item : items) {
      elements.add(windowing.assign(KV.of(item.key(), item.value()), item.timestamp()));
    }
    return elements;
  }

  private static List<WindowedValue<?>> combine(
      WindowingStrategy<?, ?> strategy,
      boolean lifted,
      List<? extends WindowedValue<?>> elements,
      int lanes,
      int flushEvery)
      throws Exception {
    return combine(strategy, lifted, elements, new Lanes(lanes, flushEvery));
  }

  private static List<WindowedValue<?>> combine(
      WindowingStrategy<?, ?> strategy,
      boolean lifted,
      List<? extends WindowedValue<?>> elements,
      Lanes lanes)
      throws Exception {
    Coder<?> valueCoder = lifted ? ACCUMULATOR_CODER : VarLongCoder.of();
    OneNodeGraph graph =
        OneNodeGraph.of(
            components ->
                new Operation.CombinePerKey(
                    OneNodeGraph.combinePayload(components, new StrictSum(), ACCUMULATOR_CODER),
                    lifted),
            KvCoder.of(StringUtf8Coder.of(), valueCoder),
            KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()),
            strategy);
    Operation.CombinePerKey operation = (Operation.CombinePerKey) graph.node().operation();
    return lanes.run(graph, () -> new BatchCombineProcessor(operation), elements);
  }

  private static OneNodeGraph partialGraph(
      WindowingStrategy<?, ?> strategy, Coder<String> keyCoder) {
    return OneNodeGraph.of(
        components ->
            new Operation.PartialCombine(
                OneNodeGraph.combinePayload(components, new StrictSum(), ACCUMULATOR_CODER)),
        KvCoder.of(keyCoder, VarLongCoder.of()),
        KvCoder.of(keyCoder, ACCUMULATOR_CODER),
        strategy);
  }

  private static List<Result> results(List<WindowedValue<?>> combined) {
    List<Result> results = new ArrayList<>();
    for (WindowedValue<?> element : combined) {
      KV<?, ?> kv = (KV<?, ?>) element.getValue();
      results.add(
          new Result(
              (String) kv.getKey(),
              element.getWindows().iterator().next(),
              element.getTimestamp(),
              element.getPaneInfo(),
              (String) kv.getValue()));
    }
    return results;
  }

  private static List<Result> oracle(
      WindowingStrategy<?, ?> strategy, List<WindowedValue<KV<String, Long>>> elements)
      throws Exception {
    List<Result> results = new ArrayList<>();
    for (WindowedValue<KV<String, Iterable<Long>>> group :
        ReduceFnOracle.group(strategy, elements)) {
      long sum = 0;
      long count = 0;
      for (long value : group.getValue().getValue()) {
        sum += value;
        count++;
      }
      results.add(
          new Result(
              group.getValue().getKey(),
              group.getWindows().iterator().next(),
              group.getTimestamp(),
              group.getPaneInfo(),
              sum + "/" + count));
    }
    return results;
  }
}
