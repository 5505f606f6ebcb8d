package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SdkImage;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.wire.WireCoders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/**
 * Makes the process bundle descriptor of a node that runs in a harness.
 *
 * <p>Each part of the node is a transform, whose id is that of the part; what enters and leaves the
 * stage goes through a source and sinks. Collections that cross the border, side inputs among them,
 * have the coders of {@link WireCoders}; what stays inside has the SDK's own. Only what these
 * transforms refer to is in the descriptor.
 *
 * <p>Used by one thread.
 */
public final class Descriptors {
  private final StageGraph graph;
  private final Node node;
  private final Operation.Harness harness;
  private final WireCoders coders;
  private final PartSpecs specs;
  private final RunnerApi.Components.Builder components = RunnerApi.Components.newBuilder();
  private final Set<CollectionId> crossing = new HashSet<>();

  private Descriptors(StageGraph graph, Node node, Operation.Harness harness) {
    this.graph = graph;
    this.node = node;
    this.harness = harness;
    this.coders = new WireCoders(graph);
    this.specs = new PartSpecs(coders, components);
    crossing.addAll(node.inputs());
    crossing.addAll(node.outputs().values());
    node.sideInputs().stream().map(SideInputSpec::collection).forEach(crossing::add);
  }

  /**
   * The descriptor of a node.
   *
   * @param graph that the node is part of
   * @param node whose operation is {@link Operation.Harness}
   * @param id of the descriptor: unique in the server, and hard to guess
   */
  public static BundleDescriptor of(StageGraph graph, Node node, String id) {
    return of(graph, node, id, false);
  }

  /**
   * The descriptor for a job that drains: restrictions are truncated before they are processed.
   *
   * @param graph that the node is part of
   * @param node whose operation is {@link Operation.Harness}; its root processes restrictions
   * @param id of the descriptor: unique in the server, and hard to guess
   */
  public static BundleDescriptor truncating(StageGraph graph, Node node, String id) {
    return of(graph, node, id, true);
  }

  private static BundleDescriptor of(StageGraph graph, Node node, String id, boolean truncating) {
    if (!(node.operation() instanceof Operation.Harness harness)) {
      throw new IllegalArgumentException(node.fullName() + " does not run in a harness");
    }
    return new Descriptors(graph, node, harness).make(id, truncating);
  }

  private BundleDescriptor make(String id, boolean truncating) {
    Map<String, String> fullNames = new LinkedHashMap<>();
    List<BundleDescriptor.Timers> timers = new ArrayList<>();
    CollectionId input = node.inputs().get(0);
    collection(input);
    for (Node part : harness.parts()) {
      part.inputs().forEach(this::collection);
      part.outputs().values().forEach(this::collection);
      part.sideInputs().forEach(side -> collection(side.collection()));
      boolean truncated = truncating && part == harness.root();
      RunnerApi.PTransform transform =
          specs.transform(part, truncated ? truncatedInput(part, fullNames) : part.inputs().get(0));
      components.putTransforms(part.id().value(), transform);
      fullNames.put(part.id().value(), part.fullName());
      specs
          .timers(part)
          .forEach(
              (family, spec) ->
                  timers.add(new BundleDescriptor.Timers(part.id().value(), family, spec)));
    }
    String source = port(Ports.SOURCE, input, fullNames);
    Map<CollectionId, String> sinks = new LinkedHashMap<>();
    node.outputs()
        .values()
        .forEach(output -> sinks.put(output, port(Ports.SINK, output, fullNames)));
    environment();
    return new BundleDescriptor(
        BeamFnApi.ProcessBundleDescriptor.newBuilder()
            .setId(id)
            .putAllTransforms(components.getTransformsMap())
            .putAllPcollections(components.getPcollectionsMap())
            .putAllWindowingStrategies(components.getWindowingStrategiesMap())
            .putAllCoders(components.getCodersMap())
            .putAllEnvironments(components.getEnvironmentsMap())
            .build(),
        source,
        sinks,
        timers,
        fullNames);
  }

  /** Truncates what the root is to process; returns where the rest comes out. */
  private CollectionId truncatedInput(Node root, Map<String, String> fullNames) {
    CollectionId input = root.inputs().get(0);
    String id = unused(root.id() + "/Truncate");
    String output = id + ".out";
    components.putPcollections(
        output,
        components.getPcollectionsOrThrow(input.value()).toBuilder().setUniqueName(output).build());
    components.putTransforms(id, specs.truncate(root, input, new CollectionId(output)));
    fullNames.put(id, root.fullName());
    return new CollectionId(output);
  }

  private String port(String urn, CollectionId collection, Map<String, String> fullNames) {
    String id = unused(urn + "/" + collection);
    components.putTransforms(
        id,
        urn.equals(Ports.SOURCE)
            ? Ports.source(id, collection.value(), windowed(collection, sent(collection)))
            : Ports.sink(
                id,
                collection.value(),
                windowed(collection, coders.element(collection, components))));
    fullNames.put(id, node.fullName());
    return id;
  }

  private String windowed(CollectionId collection, String element) {
    return coders.windowed(element, collection, components);
  }

  /** Only here: Java's harness knows iterables in state as coders of what it is sent. */
  private String sent(CollectionId input) {
    return StateBackedGroups.areInput(graph, node)
        ? coders.group(input, components)
        : coders.element(input, components);
  }

  private String unused(String name) {
    String id = name;
    while (components.containsTransforms(id)) {
      id += "+";
    }
    return id;
  }

  private void collection(CollectionId id) {
    if (components.containsPcollections(id.value())) {
      return;
    }
    RunnerApi.PCollection collection = graph.components().getPcollectionsOrThrow(id.value());
    String coder =
        crossing.contains(id)
            ? coders.element(id, components)
            : coders.verbatim(collection.getCoderId(), components);
    if (isOfWindowedValues(coder) && isJava()) {
      coder = windowed(id, coder);
    }
    components.putPcollections(id.value(), collection.toBuilder().setCoderId(coder).build());
    windowing(collection.getWindowingStrategyId());
  }

  /**
   * Whether a collection has windowed values for its elements, as reified ones do. Java's harness
   * takes such a coder for that of the collection's own windowed values.
   */
  private boolean isOfWindowedValues(String coder) {
    String urn = components.getCodersOrThrow(coder).getSpec().getUrn();
    return urn.equals(ModelCoders.WINDOWED_VALUE_CODER_URN)
        || urn.equals(ModelCoders.PARAM_WINDOWED_VALUE_CODER_URN);
  }

  private boolean isJava() {
    return SdkImage.isJava(graph.components().getEnvironmentsOrThrow(harness.environmentId()));
  }

  /** State keys hold windows in the coder that is named here, at least those of Python's SDK. */
  private void windowing(String id) {
    if (!components.containsWindowingStrategies(id)) {
      RunnerApi.WindowingStrategy windowing = graph.components().getWindowingStrategiesOrThrow(id);
      components.putWindowingStrategies(
          id,
          windowing.toBuilder()
              .setWindowCoderId(coders.window(windowing.getWindowCoderId(), components))
              .build());
    }
  }

  private void environment() {
    components.putEnvironments(
        harness.environmentId(), withoutDependencies(graph, harness.environmentId()));
  }

  /** An environment without what was needed to start the harness, which may be large. */
  static RunnerApi.Environment withoutDependencies(StageGraph graph, String environmentId) {
    return graph.components().getEnvironmentsOrThrow(environmentId).toBuilder()
        .clearDependencies()
        .build();
  }
}
