package dev.tidemark.runner.stage.testing;

import dev.tidemark.translation.graph.CellSpec;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.graph.TimerFamilySpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;

/** Single nodes of a pipeline, without the translator. */
public final class TestGraphs {

  /** A node and the graph that its ids refer to, which has no stages. */
  public record NodeInGraph(StageGraph graph, Node node) {}

  private TestGraphs() {}

  /**
   * The node of the transform whose full name is {@code fullName}, or the only primitive transform
   * within it.
   */
  public static NodeInGraph node(Pipeline pipeline, String fullName) {
    RunnerApi.Components components = PipelineTranslation.toProto(pipeline).getComponents();
    Map<CollectionId, CollectionSpec> collections = new LinkedHashMap<>();
    new TreeMap<>(components.getPcollectionsMap())
        .forEach(
            (id, collection) ->
                collections.put(
                    new CollectionId(id),
                    new CollectionSpec(
                        new CollectionId(id),
                        collection.getUniqueName(),
                        collection.getCoderId(),
                        collection.getWindowingStrategyId(),
                        collection.getIsBounded() == RunnerApi.IsBounded.Enum.BOUNDED)));
    RunnerApi.PTransform transform = find(components, fullName);
    return new NodeInGraph(new StageGraph(List.of(), collections, components), node(transform));
  }

  private static RunnerApi.PTransform find(RunnerApi.Components components, String fullName) {
    RunnerApi.PTransform transform =
        components.getTransformsMap().values().stream()
            .filter(candidate -> candidate.getUniqueName().equals(fullName))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no transform " + fullName));
    boolean known =
        transform.getSpec().getUrn().equals(PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN);
    if (known || transform.getSubtransformsCount() == 0) {
      return transform;
    }
    if (transform.getSubtransformsCount() == 1) {
      return find(
          components,
          components.getTransformsOrThrow(transform.getSubtransforms(0)).getUniqueName());
    }
    throw new IllegalArgumentException(fullName + " consists of several transforms");
  }

  private static Node node(RunnerApi.PTransform transform) {
    Map<String, RunnerApi.SideInput> sideInputs = Map.of();
    Operation operation;
    try {
      switch (transform.getSpec().getUrn()) {
        case PTransformTranslation.PAR_DO_TRANSFORM_URN -> {
          RunnerApi.ParDoPayload payload =
              RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload());
          sideInputs = new TreeMap<>(payload.getSideInputsMap());
          operation = parDo(payload);
        }
        case PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN ->
            operation = new Operation.GroupByKey();
        case PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN ->
            operation =
                new Operation.CombinePerKey(
                    RunnerApi.CombinePayload.parseFrom(transform.getSpec().getPayload()), false);
        case PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN ->
            operation =
                new Operation.WindowInto(
                    RunnerApi.WindowIntoPayload.parseFrom(transform.getSpec().getPayload()));
        case PTransformTranslation.FLATTEN_TRANSFORM_URN -> operation = new Operation.Flatten();
        default ->
            throw new IllegalArgumentException("no operation for " + transform.getSpec().getUrn());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<CollectionId> inputs = new ArrayList<>();
    List<SideInputSpec> views = new ArrayList<>();
    for (Map.Entry<String, String> input : new TreeMap<>(transform.getInputsMap()).entrySet()) {
      CollectionId collection = new CollectionId(input.getValue());
      RunnerApi.SideInput view = sideInputs.get(input.getKey());
      if (view == null) {
        inputs.add(collection);
      } else {
        views.add(
            new SideInputSpec(
                input.getKey(), collection, new NodeId(input.getKey() + "/view"), view));
      }
    }
    Map<String, CollectionId> outputs = new LinkedHashMap<>();
    new TreeMap<>(transform.getOutputsMap())
        .forEach((tag, collection) -> outputs.put(tag, new CollectionId(collection)));
    return new Node(
        new NodeId(transform.getUniqueName()), operation, inputs, outputs, views, transform, null);
  }

  private static Operation.ParDo parDo(RunnerApi.ParDoPayload payload) {
    List<CellSpec> cells = new ArrayList<>();
    new TreeMap<>(payload.getStateSpecsMap())
        .forEach((id, spec) -> cells.add(new CellSpec(id, spec)));
    List<TimerFamilySpec> timers = new ArrayList<>();
    new TreeMap<>(payload.getTimerFamilySpecsMap())
        .forEach((id, spec) -> timers.add(new TimerFamilySpec(id, spec)));
    return new Operation.ParDo(payload, cells, timers);
  }
}
