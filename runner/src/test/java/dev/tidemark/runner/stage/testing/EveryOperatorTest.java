package dev.tidemark.runner.stage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.exchange.ScratchFolder;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.combine.BatchCombineProcessor;
import dev.tidemark.runner.stage.combine.CombineGroupedValuesProcessor;
import dev.tidemark.runner.stage.combine.PartialCombineProcessor;
import dev.tidemark.runner.stage.flatten.PassThroughProcessor;
import dev.tidemark.runner.stage.group.BatchGroupProcessor;
import dev.tidemark.runner.stage.sdf.PairWithRestrictionProcessor;
import dev.tidemark.runner.stage.sdf.ProcessSizedElementsProcessor;
import dev.tidemark.runner.stage.sdf.SplitAndSizeRestrictionsProcessor;
import dev.tidemark.runner.stage.shard.WithShardedKeyProcessor;
import dev.tidemark.runner.stage.sideinput.MaterializeProcessor;
import dev.tidemark.runner.stage.sideinput.WithEmptyKeyProcessor;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.util.ShardedKey;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.junit.jupiter.api.Test;

/**
 * The operators that have no scenarios of their own beside them, on the second host, so that none
 * depends on how the embedded executor calls it.
 */
class EveryOperatorTest {
  private static final BoundedWindow GLOBAL = GlobalWindow.INSTANCE;

  private final Pipeline pipeline = Pipeline.create();

  private PCollection<KV<String, Integer>> input() {
    return pipeline.apply("Input", Create.of(KV.of("k", 1)));
  }

  private static Scenario scenario(
      Pipeline pipeline, Class<? extends Operation> operation, Supplier<NodeProcessor> processors) {
    return Scenario.of(find(pipeline, operation), processors);
  }

  private static TestGraphs.NodeInGraph find(
      Pipeline pipeline, Class<? extends Operation> operation) {
    StageGraph graph = PipelineTranslator.translate(PipelineTranslation.toProto(pipeline, false));
    Node found =
        graph.stages().stream()
            .flatMap(stage -> stage.nodes().stream())
            .filter(node -> operation.isInstance(node.operation()))
            .reduce((first, second) -> second)
            .orElseThrow();
    return new TestGraphs.NodeInGraph(graph, found);
  }

  private static String output(Pipeline pipeline, Class<? extends Operation> operation) {
    return find(pipeline, operation).node().outputs().keySet().iterator().next();
  }

  /** What is not durable, because a batch job starts over, is never restored. */
  private static List<Schedule> withoutRestores() {
    return Schedule.all().stream().filter(schedule -> schedule.restoreChance() == 0).toList();
  }

  @Test
  void batchGroup() throws Exception {
    input().apply(GroupByKey.create());
    scenario(pipeline, Operation.GroupByKey.class, BatchGroupProcessor::new)
        .element(KV.of("a", 1), 1, GLOBAL)
        .element(KV.of("b", 2), 2, GLOBAL)
        .element(KV.of("a", 3), 3, GLOBAL)
        .watermark(100)
        .expect(output(pipeline, Operation.GroupByKey.class))
        .endOfTime()
        .check(
            host -> {
              Map<Object, List<Integer>> groups = new TreeMap<>();
              for (Object value : host.values(output(pipeline, Operation.GroupByKey.class))) {
                KV<?, ?> group = (KV<?, ?>) value;
                List<Integer> values = new ArrayList<>();
                ((Iterable<?>) group.getValue()).forEach(v -> values.add((Integer) v));
                groups.put(group.getKey(), values);
              }
              assertThat(groups).isEqualTo(Map.of("a", List.of(1, 3), "b", List.of(2)));
            })
        .run(withoutRestores());
  }

  private Operation.CombinePerKey combine() {
    return (Operation.CombinePerKey)
        find(pipeline, Operation.CombinePerKey.class).node().operation();
  }

  @Test
  void batchCombine() throws Exception {
    input().apply(Sum.integersPerKey());
    String output = output(pipeline, Operation.CombinePerKey.class);
    Operation.CombinePerKey lifted = combine();
    scenario(pipeline, Operation.CombinePerKey.class, () -> new BatchCombineProcessor(lifted))
        .element(KV.of("a", new int[] {1}), 1, GLOBAL)
        .element(KV.of("b", new int[] {2}), 2, GLOBAL)
        .element(KV.of("a", new int[] {3}), 3, GLOBAL)
        .watermark(100)
        .expect(output)
        .endOfTime()
        .expect(output, KV.of("a", 4), KV.of("b", 2))
        .run(withoutRestores());
  }

  @Test
  void partialCombine() throws Exception {
    input().apply(Sum.integersPerKey());
    TestGraphs.NodeInGraph node = find(pipeline, Operation.PartialCombine.class);
    Operation.PartialCombine operation = (Operation.PartialCombine) node.node().operation();
    Scenario.of(node, () -> new PartialCombineProcessor(operation))
        .element(KV.of("a", 1), 1, GLOBAL)
        .element(KV.of("b", 2), 2, GLOBAL)
        .element(KV.of("a", 3), 3, GLOBAL)
        .endOfTime()
        .check(
            host -> {
              Map<Object, Integer> sums = new TreeMap<>();
              for (Object value : host.values("out")) {
                KV<?, ?> partial = (KV<?, ?>) value;
                sums.merge(partial.getKey(), ((int[]) partial.getValue())[0], Integer::sum);
              }
              assertThat(sums).isEqualTo(Map.of("a", 4, "b", 2));
            })
        .run();
  }

  @Test
  void combineGroupedValues() throws Exception {
    input().apply(GroupByKey.create()).apply(Combine.groupedValues(Max.ofIntegers()));
    TestGraphs.NodeInGraph node = find(pipeline, Operation.CombineGroupedValues.class);
    Operation.CombineGroupedValues operation =
        (Operation.CombineGroupedValues) node.node().operation();
    Scenario.of(node, () -> new CombineGroupedValuesProcessor(operation))
        .element(KV.of("a", List.of(1, 3)), 1, GLOBAL)
        .element(KV.of("b", List.of(2)), 2, GLOBAL)
        .expect(
            output(pipeline, Operation.CombineGroupedValues.class), KV.of("a", 3), KV.of("b", 2))
        .run();
  }

  @Test
  void redistribute() throws Exception {
    input().apply(Reshuffle.of());
    scenario(pipeline, Operation.Redistribute.class, PassThroughProcessor::new)
        .element(KV.of("a", 1), 1, GLOBAL)
        .expect(output(pipeline, Operation.Redistribute.class), KV.of("a", 1))
        .endOfTime()
        .run();
  }

  @Test
  void shardsGetEquallyManyElements() throws Exception {
    input().apply(GroupIntoBatches.<String, Integer>ofSize(2).withShardedKey());
    TestGraphs.NodeInGraph node = find(pipeline, Operation.WithShardedKey.class);
    Operation.WithShardedKey sharding = new Operation.WithShardedKey(3);
    Scenario scenario = Scenario.of(node, () -> new WithShardedKeyProcessor(sharding));
    for (int i = 0; i < 6; i++) {
      scenario.element(KV.of("a", i), i, GLOBAL);
    }
    scenario
        .check(
            host -> {
              Map<Object, List<Object>> shards = new HashMap<>();
              for (Object value : host.values(output(pipeline, Operation.WithShardedKey.class))) {
                KV<?, ?> sharded = (KV<?, ?>) value;
                assertThat(((ShardedKey<?>) sharded.getKey()).getKey()).isEqualTo("a");
                shards
                    .computeIfAbsent(sharded.getKey(), any -> new ArrayList<>())
                    .add(sharded.getValue());
              }
              assertThat(shards.values()).hasSize(3).allMatch(values -> values.size() == 2);
            })
        .run();
  }

  /** Emits the numbers of a range of the element's length. */
  @DoFn.BoundedPerElement
  private static final class Count extends DoFn<String, Long> {
    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return new OffsetRange(0, element.length());
    }

    @SplitRestriction
    public void split(@Restriction OffsetRange range, OutputReceiver<OffsetRange> output) {
      for (long at = range.getFrom(); at < range.getTo(); at += 2) {
        output.output(new OffsetRange(at, Math.min(range.getTo(), at + 2)));
      }
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output) {
      long at = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(at)) {
        return ProcessContinuation.stop();
      }
      output.output(at);
      return ProcessContinuation.resume();
    }
  }

  private static KV<?, ?> pair(String element, long from, long to) {
    return KV.of(element, KV.of(new OffsetRange(from, to), null));
  }

  @Test
  void splittableFunctionInThreeParts() throws Exception {
    pipeline.apply(Create.of("abc")).apply(ParDo.of(new Count()));
    scenario(pipeline, Operation.PairWithRestriction.class, PairWithRestrictionProcessor::new)
        .element("abc", 1, GLOBAL)
        .expect(output(pipeline, Operation.PairWithRestriction.class), pair("abc", 0, 3))
        .run();
    scenario(
            pipeline,
            Operation.SplitAndSizeRestrictions.class,
            SplitAndSizeRestrictionsProcessor::new)
        .element(pair("abc", 0, 3), 1, GLOBAL)
        .expect(
            output(pipeline, Operation.SplitAndSizeRestrictions.class),
            KV.of(pair("abc", 0, 2), 2.0),
            KV.of(pair("abc", 2, 3), 1.0))
        .run();
    scenario(
            pipeline,
            Operation.ProcessSizedElements.class,
            () -> new ProcessSizedElementsProcessor(true))
        .element(KV.of(pair("abc", 0, 2), 2.0), 1, GLOBAL)
        .element(KV.of(pair("abc", 2, 3), 1.0), 1, GLOBAL)
        .processingTime(1)
        .processingTime(1)
        .processingTime(1)
        .endOfTime()
        .expect(output(pipeline, Operation.ProcessSizedElements.class), 0L, 1L, 2L)
        .expectNothingLeft()
        .run();
  }

  private static final class Idle extends DoFn<String, String> {
    @ProcessElement
    public void process() {}
  }

  @Test
  void sideInput() throws Exception {
    PCollectionView<List<KV<String, Integer>>> view = input().apply(View.asList());
    pipeline.apply("Main", Create.of("x")).apply(ParDo.of(new Idle()).withSideInputs(view));
    Map<BoundedWindow, List<?>> shown = new ConcurrentHashMap<>();
    SpillSpace space =
        new SpillSpace(new ScratchFolder(Path.of("unused")), new MemoryBudget(1 << 20), 0);
    scenario(
            pipeline,
            Operation.Materialize.class,
            () ->
                new MaterializeProcessor(
                    (window, contents) -> shown.put(window, contents.elements()), space))
        .element(KV.of(new byte[0], List.of(KV.of("a", 1))), 1, GLOBAL)
        .element(KV.of(new byte[0], List.of(KV.of("b", 2), KV.of("c", 3))), 2, GLOBAL)
        .check(
            host ->
                assertThat(shown).isEqualTo(Map.of(GLOBAL, List.of(KV.of("b", 2), KV.of("c", 3)))))
        .run();
    scenario(pipeline, Operation.WithEmptyKey.class, WithEmptyKeyProcessor::new)
        .element("a", 1, GLOBAL)
        .check(
            host -> {
              KV<?, ?> keyed = (KV<?, ?>) host.values("out").get(0);
              assertThat((byte[]) keyed.getKey()).isEmpty();
              assertThat(keyed.getValue()).isEqualTo("a");
            })
        .run();
  }
}
