package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.StageGraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.graph.ProtoOverrides;
import org.apache.beam.sdk.util.construction.graph.SplittableParDoExpander;
import org.apache.beam.sdk.values.WindowedValue;

/** The three nodes of the one splittable function of a pipeline. */
final class SplittableGraph {
  final StageGraph graph;
  final Node pair;
  final Node split;
  final Node process;

  private SplittableGraph(StageGraph graph, Node pair, Node split, Node process) {
    this.graph = graph;
    this.pair = pair;
    this.split = split;
    this.process = process;
  }

  /** Translates a pipeline with one splittable function. */
  static SplittableGraph of(Pipeline pipeline, boolean bounded) {
    RunnerApi.Components components =
        ProtoOverrides.updateTransform(
                PTransformTranslation.PAR_DO_TRANSFORM_URN,
                PipelineTranslation.toProto(pipeline),
                SplittableParDoExpander.createSizedReplacement())
            .getComponents();
    Map<CollectionId, CollectionSpec> collections = new LinkedHashMap<>();
    components
        .getPcollectionsMap()
        .forEach(
            (id, collection) ->
                collections.put(
                    new CollectionId(id),
                    new CollectionSpec(
                        new CollectionId(id),
                        collection.getUniqueName(),
                        collection.getCoderId(),
                        collection.getWindowingStrategyId(),
                        bounded)));
    RunnerApi.PTransform pair =
        only(components, PTransformTranslation.SPLITTABLE_PAIR_WITH_RESTRICTION_URN);
    RunnerApi.PTransform split =
        only(components, PTransformTranslation.SPLITTABLE_SPLIT_AND_SIZE_RESTRICTIONS_URN);
    RunnerApi.PTransform process =
        only(
            components,
            PTransformTranslation.SPLITTABLE_PROCESS_SIZED_ELEMENTS_AND_RESTRICTIONS_URN);
    return new SplittableGraph(
        new StageGraph(List.of(), collections, components),
        node(pair, new Operation.PairWithRestriction(payload(pair))),
        node(split, new Operation.SplitAndSizeRestrictions(payload(split))),
        node(process, new Operation.ProcessSizedElements(payload(process), bounded)));
  }

  private static RunnerApi.PTransform only(RunnerApi.Components components, String urn) {
    List<RunnerApi.PTransform> found =
        components.getTransformsMap().values().stream()
            .filter(transform -> transform.getSpec().getUrn().equals(urn))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " transforms " + urn);
    }
    return found.get(0);
  }

  private static RunnerApi.ParDoPayload payload(RunnerApi.PTransform transform) {
    try {
      return RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Node node(RunnerApi.PTransform transform, Operation operation) {
    Map<String, RunnerApi.SideInput> sideInputs = payload(transform).getSideInputsMap();
    List<CollectionId> inputs = new ArrayList<>();
    List<SideInputSpec> views = new ArrayList<>();
    transform
        .getInputsMap()
        .forEach(
            (tag, id) -> {
              RunnerApi.SideInput spec = sideInputs.get(tag);
              if (spec == null) {
                inputs.add(new CollectionId(id));
              } else {
                views.add(
                    new SideInputSpec(tag, new CollectionId(id), new NodeId(id + "/View"), spec));
              }
            });
    Map<String, CollectionId> outputs = new LinkedHashMap<>();
    transform.getOutputsMap().forEach((tag, id) -> outputs.put(tag, new CollectionId(id)));
    return new Node(
        new NodeId(transform.getUniqueName()),
        operation,
        inputs,
        outputs,
        views,
        transform,
        transform.getEnvironmentId());
  }

  StubNodeContext context(Node node) {
    return context(node, new StubCells(), new ManualClock(0));
  }

  StubNodeContext context(Node node, StubCells cells, Clock clock) {
    return new StubNodeContext(node, graph, cells, clock);
  }

  /** Runs elements through the first two nodes; returns the sized restrictions. */
  List<WindowedValue<?>> restrictions(List<WindowedValue<?>> elements) throws Exception {
    List<WindowedValue<?>> paired =
        run(new PairWithRestrictionProcessor(), context(pair), elements);
    return run(new SplitAndSizeRestrictionsProcessor(), context(split), paired);
  }

  private static List<WindowedValue<?>> run(
      NodeProcessor processor, StubNodeContext context, List<WindowedValue<?>> elements)
      throws Exception {
    processor.open(context);
    try {
      processor.startBundle();
      for (WindowedValue<?> element : elements) {
        processor.process(element);
      }
      processor.finishBundle();
    } finally {
      processor.close();
    }
    return context.emitted.values().stream().findFirst().orElse(List.of());
  }
}
