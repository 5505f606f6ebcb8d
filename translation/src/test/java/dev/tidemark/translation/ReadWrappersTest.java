package dev.tidemark.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.environment.EnvironmentPolicy;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Splittable functions that wrap a Java source become reads of it, where that is provable. */
@SuppressWarnings("deprecation") // no other bounded source of core is as small as CountingSource
class ReadWrappersTest {
  private static final TranslationOptions NATIVE =
      new TranslationOptions(EnvironmentPolicy.directJava(), true, false);

  @Test
  void boundedReadIsTheSourceItself() throws IOException {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Numbers", Read.from(CountingSource.upTo(10)))
        .apply("Effects", ParDo.of(new Functions.Same<>()));
    List<Node> nodes = translate(Protos.withSplittableReads(pipeline));
    assertThat(names(nodes)).containsExactly("Numbers", "Effects/ParMultiDo(Same)");
    Operation.BoundedRead read = (Operation.BoundedRead) nodes.get(0).operation();
    assertThat(ReadTranslation.boundedSourceFromProto(read.payload()))
        .isEqualTo(CountingSource.upTo(10));
  }

  @Test
  void unboundedReadLosesItsDeduplicationToo() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Events", Read.from(new Repeating()));
    List<Node> nodes = translate(Protos.withSplittableReads(pipeline));
    assertThat(names(nodes)).containsExactly("Events");
    assertThat(nodes.get(0).operation())
        .isInstanceOfSatisfying(
            Operation.UnboundedRead.class,
            read ->
                assertThat(ReadTranslation.unboundedSourceFromProto(read.payload()))
                    .isInstanceOf(Repeating.class));
  }

  @Test
  void readOfALimitedAmountIsOneReadOfTheSource() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Some", Read.from(new Repeating()).withMaxNumRecords(25_000))
        .apply("Effects", ParDo.of(new Functions.Same<>()));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    StageGraph graph = PipelineTranslator.translate(PipelineTranslation.toProto(pipeline), NATIVE);
    List<Node> nodes = nodes(graph.stages());
    assertThat(names(nodes)).containsExactly("Some", "Effects/ParMultiDo(Same)");
    assertThat(nodes.get(0).operation()).isInstanceOf(Operation.UnboundedRead.class);
    assertThat(graph.bounded()).isTrue();
  }

  @Test
  void staysSplittableUnlessAskedFor() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Numbers", Read.from(CountingSource.upTo(10)));
    RunnerApi.Pipeline proto = Protos.withSplittableReads(pipeline);
    assertThat(nodes(PipelineTranslator.translate(proto).stages()))
        .anyMatch(node -> node.operation() instanceof Operation.ProcessSizedElements);
  }

  @Test
  void staysSplittableInAHarness() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Numbers", Read.from(CountingSource.upTo(10)));
    RunnerApi.Pipeline proto = Protos.withSplittableReads(pipeline);
    TranslationOptions options = new TranslationOptions(EnvironmentPolicy.harness(), true, false);
    assertThat(nodes(PipelineTranslator.translate(proto, options).stages()))
        .anyMatch(
            node ->
                node.operation() instanceof Operation.Harness harness
                    && harness.root().operation() instanceof Operation.ProcessSizedElements);
  }

  @Test
  void staysSplittableWhenSomebodyElseReadsWhatIsInside() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Numbers", Read.from(CountingSource.upTo(10)));
    RunnerApi.Pipeline.Builder proto = Protos.withSplittableReads(pipeline).toBuilder();
    String impulse =
        proto.getComponents().getTransformsMap().values().stream()
            .filter(transform -> transform.getUniqueName().equals("Numbers/Impulse"))
            .findFirst()
            .orElseThrow()
            .getOutputsMap()
            .values()
            .iterator()
            .next();
    proto
        .addRootTransformIds("peeping")
        .getComponentsBuilder()
        .putTransforms(
            "peeping",
            RunnerApi.PTransform.newBuilder()
                .setUniqueName("Peeping")
                .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn("beam:transform:flatten:v1"))
                .putInputs("0", impulse)
                .putOutputs("out", "peeped")
                .build())
        .putPcollections(
            "peeped",
            proto.getComponents().getPcollectionsOrThrow(impulse).toBuilder()
                .setUniqueName("Peeping.out")
                .build());
    assertThat(translate(proto.build()))
        .anyMatch(node -> node.operation() instanceof Operation.ProcessSizedElements)
        .noneMatch(node -> node.operation() instanceof Operation.BoundedRead);
  }

  private static List<Node> translate(RunnerApi.Pipeline pipeline) {
    return nodes(PipelineTranslator.translate(pipeline, NATIVE).stages());
  }

  private static List<Node> nodes(List<Stage> stages) {
    return stages.stream().flatMap(stage -> stage.nodes().stream()).toList();
  }

  private static List<String> names(List<Node> nodes) {
    return nodes.stream().map(node -> node.id().value()).toList();
  }

  /** A source that asks for deduplication; it is never read. */
  private static final class Repeating extends UnboundedSource<Long, Repeating.Mark> {
    record Mark() implements CheckpointMark, Serializable {
      @Override
      public void finalizeCheckpoint() {}
    }

    @Override
    public boolean requiresDeduping() {
      return true;
    }

    @Override
    public List<Repeating> split(int desiredNumSplits, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Mark mark) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Coder<Mark> getCheckpointMarkCoder() {
      return SerializableCoder.of(Mark.class);
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }
  }
}
