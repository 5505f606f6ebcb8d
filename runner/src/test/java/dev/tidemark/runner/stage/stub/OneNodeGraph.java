package dev.tidemark.runner.stage.stub;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.util.construction.CombineTranslation;
import org.apache.beam.sdk.util.construction.Environments;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * A graph of one node with one input and one output, its coders and windowing gone through the
 * proto.
 *
 * @param graph the graph
 * @param node its node
 */
public record OneNodeGraph(StageGraph graph, Node node) {
  /** The input of the node. */
  public static final CollectionId INPUT = new CollectionId("input");

  /** The output of the node. */
  public static final CollectionId OUTPUT = new CollectionId("output");

  /** Makes the operation of the node once coders can be registered. */
  @FunctionalInterface
  public interface OperationMaker {
    Operation make(SdkComponents components) throws IOException;
  }

  /** Makes the graph; input and output have the same windowing. */
  public static OneNodeGraph of(
      OperationMaker operation,
      Coder<?> inputCoder,
      Coder<?> outputCoder,
      WindowingStrategy<?, ?> windowing) {
    try {
      SdkComponents components = SdkComponents.create();
      components.registerEnvironment(Environments.createDockerEnvironment("java"));
      String inputCoderId = components.registerCoder(inputCoder);
      String outputCoderId = components.registerCoder(outputCoder);
      String windowingId = components.registerWindowingStrategy(windowing);
      Node node =
          new Node(
              new NodeId("Sum/Group"),
              operation.make(components),
              List.of(INPUT),
              Map.of("out", OUTPUT),
              List.of(),
              RunnerApi.PTransform.newBuilder().setUniqueName("Sum/Group").build(),
              null);
      Map<CollectionId, CollectionSpec> collections =
          Map.of(
              INPUT, new CollectionSpec(INPUT, "Parse.out", inputCoderId, windowingId, true),
              OUTPUT,
                  new CollectionSpec(OUTPUT, "Sum/Group.out", outputCoderId, windowingId, true));
      return new OneNodeGraph(
          new StageGraph(List.of(), collections, components.toComponents()), node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The payload of a combine. */
  public static RunnerApi.CombinePayload combinePayload(
      SdkComponents components, GlobalCombineFn<?, ?, ?> function, Coder<?> accumulatorCoder)
      throws IOException {
    return RunnerApi.CombinePayload.newBuilder()
        .setCombineFn(CombineTranslation.toProto(function, components))
        .setAccumulatorCoderId(components.registerCoder(accumulatorCoder))
        .build();
  }
}
