package dev.tidemark.translation.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.Protos;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** What is fused to one node for a harness, and what must not be. */
class HarnessStageTest {
  private static final Duration MINUTE = Duration.standardMinutes(1);

  @Test
  void theWindowsOfSideInputsAreKnownBeforeTheInputIsSent() {
    StageGraph graph = graph(Window.into(FixedWindows.of(MINUTE)));
    assertThat(nodeOf(graph, "Read/ParMultiDo(Same)").id().value())
        .isEqualTo("Read/ParMultiDo(Same)");
  }

  @Test
  void functionsWithSideInputsAreFusedWhereWindowsStay() {
    StageGraph graph = graph(ParDo.of(new Same()));
    Node node = nodeOf(graph, "Read/ParMultiDo(Same)");
    assertThat(node.id().value()).isNotEqualTo("Read/ParMultiDo(Same)");
    assertThat(node.sideInputs()).hasSize(1);
    SideInputSpec side = node.sideInputs().get(0);
    assertThat(side.tag()).startsWith("Read/ParMultiDo(Same)/");
    Stage stage =
        graph.stages().stream().filter(one -> one.nodes().contains(node)).findFirst().orElseThrow();
    assertThat(stage.innerEdges()).isEmpty();
    assertThat(stage.incoming())
        .filteredOn(edge -> edge.kind() == Edge.Kind.BROADCAST)
        .containsExactly(
            new Edge(side.collection(), side.view(), node.id(), 0, Edge.Kind.BROADCAST, false));
  }

  private static StageGraph graph(
      PTransform<? super PCollection<Long>, PCollection<Long>> between) {
    Pipeline pipeline = Pipeline.create();
    PCollectionView<Iterable<Long>> view =
        pipeline.apply("Shown", Create.of(1L, 2L)).apply(View.asIterable());
    pipeline
        .apply("Numbers", Create.of(3L, 4L))
        .apply("Between", between)
        .apply("Read", ParDo.of(new Same()).withSideInputs(view));
    return PipelineTranslator.translate(
        Protos.withSplittableReads(pipeline), TranslationOptions.harness());
  }

  /** The node that a function is part of. */
  private static Node nodeOf(StageGraph graph, String part) {
    return graph.stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .filter(
            node ->
                node.operation() instanceof Operation.Harness harness
                    && harness.parts().stream().anyMatch(one -> one.id().value().equals(part)))
        .findFirst()
        .orElseThrow();
  }

  private static final class Same extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      out.output(element);
    }
  }
}
