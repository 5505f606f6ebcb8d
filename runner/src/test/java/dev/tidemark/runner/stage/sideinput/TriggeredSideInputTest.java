package dev.tidemark.runner.stage.sideinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Side inputs that are fired in several panes. */
class TriggeredSideInputTest {
  private final Pipeline pipeline =
      Pipeline.create(
          PipelineOptionsFactory.fromArgs(
                  "--runner=TestTidemarkRunner", "--streaming", "--maxBundleElements=5")
              .create());

  private PCollection<Integer> firedOneByOne(boolean discarding) {
    Window<Integer> window =
        Window.<Integer>configure()
            .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
            .withOnTimeBehavior(Window.OnTimeBehavior.FIRE_IF_NON_EMPTY)
            .withAllowedLateness(Duration.ZERO);
    return pipeline
        .apply("Shown", Create.of(IntStream.range(1, 50).boxed().toList()))
        .apply(discarding ? window.discardingFiredPanes() : window.accumulatingFiredPanes());
  }

  private static final class Show extends DoFn<String, Boolean> {
    private final PCollectionView<Integer> view;

    Show(PCollectionView<Integer> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.sideInput(view) > 0);
    }
  }

  @Test
  void theLatestOfManyPanesIsShown() {
    PCollectionView<Integer> view =
        firedOneByOne(true)
            .apply(Combine.globally(Sum.ofIntegers()).withoutDefaults().asSingletonView());
    PCollection<Boolean> shown =
        pipeline.apply("Main", Create.of("x")).apply(ParDo.of(new Show(view)).withSideInputs(view));
    PAssert.that(shown).containsInAnyOrder(true);
    pipeline.run().waitUntilFinish();
  }

  private static final class Idle extends DoFn<String, Void> {
    @ProcessElement
    public void process() {}
  }

  private NodeInGraph groupOf(PCollection<Integer> shown) {
    PCollectionView<Iterable<Integer>> view = shown.apply(View.asIterable());
    pipeline.apply("Main", Create.of("x")).apply(ParDo.of(new Idle()).withSideInputs(view));
    StageGraph graph = PipelineTranslator.translate(PipelineTranslation.toProto(pipeline, false));
    return new NodeInGraph(
        graph,
        graph.stages().stream()
            .flatMap(stage -> stage.nodes().stream())
            .filter(node -> node.id().value().endsWith("/Materialize/GroupByKey"))
            .findFirst()
            .orElseThrow());
  }

  private static boolean panesAreVersions(NodeInGraph group) {
    return UpstreamPanes.areVersions(group.node(), new Components(group.graph()));
  }

  @Test
  void panesOfAGlobalCombineAreVersions() {
    assertThat(
            panesAreVersions(
                groupOf(
                    firedOneByOne(true)
                        .apply(Combine.globally(Sum.ofIntegers()).withoutDefaults()))))
        .isTrue();
  }

  @Test
  void accumulatedPanesAreNot() {
    assertThat(
            panesAreVersions(
                groupOf(
                    firedOneByOne(false)
                        .apply(Combine.globally(Sum.ofIntegers()).withoutDefaults()))))
        .isFalse();
  }

  @Test
  void elementsThatNoGroupingFiredHaveNoPanes() {
    assertThat(panesAreVersions(groupOf(firedOneByOne(true)))).isFalse();
  }

  private static WindowedValue<KV<byte[], Integer>> fired(int value, int pane) {
    return WindowedValues.of(
        KV.of(new byte[0], value),
        Instant.ofEpochMilli(value),
        GlobalWindow.INSTANCE,
        PaneInfo.createPane(pane == 0, false, PaneInfo.Timing.EARLY, pane, 0));
  }

  @Test
  void eachPaneIsAGroup() throws Exception {
    NodeInGraph group =
        groupOf(firedOneByOne(true).apply(Combine.globally(Sum.ofIntegers()).withoutDefaults()));
    try (FakeHost host = new FakeHost(group, PaneGroupProcessor::new, Schedule.PLAIN)) {
      host.elements(List.of(fired(1, 0), fired(2, 0), fired(3, 1), fired(4, 2)));
      host.elements(List.of(fired(5, 3)));
      host.quiesce();
      assertThat(host.outputs())
          .extracting(output -> ((KV<?, ?>) output.getValue()).getValue())
          .isEqualTo(List.of(List.of(1, 2), List.of(3), List.of(4), List.of(5)));
      assertThat(host.outputs()).extracting(o -> o.getPaneInfo().getIndex()).contains(0L, 3L);
    }
  }
}
