package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.environment.EnvironmentPolicy;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * The nodes found so far, and the components with what the translation adds to them.
 *
 * <p>Owned by the translation.
 */
final class GraphDraft {
  private final RunnerApi.Components.Builder components;
  private final EnvironmentPolicy environments;
  private final Problems problems;
  private final boolean foreign;
  private final Map<NodeId, Node> nodes = new LinkedHashMap<>();

  /**
   * An empty draft.
   *
   * @param foreign whether the pipeline came from elsewhere: nothing of it may be deserialized here
   */
  GraphDraft(
      RunnerApi.Components components,
      EnvironmentPolicy environments,
      boolean foreign,
      Problems problems) {
    this.components = components.toBuilder();
    this.environments = environments;
    this.problems = problems;
    this.foreign = foreign;
  }

  boolean foreign() {
    return foreign;
  }

  RunnerApi.ComponentsOrBuilder components() {
    return components;
  }

  RunnerApi.Components builtComponents() {
    return components.build();
  }

  Problems problems() {
    return problems;
  }

  /** The nodes in the order in which they were added. */
  List<Node> nodes() {
    return new ArrayList<>(nodes.values());
  }

  /** Adds a node whose name is that of its transform. */
  void add(
      Operation operation,
      List<CollectionId> inputs,
      List<SideInputSpec> sideInputs,
      RunnerApi.PTransform transform,
      @Nullable String environmentId) {
    add(
        new Node(
            new NodeId(transform.getUniqueName()),
            operation,
            inputs,
            outputs(transform),
            sideInputs,
            transform,
            environmentId));
  }

  /** Adds a node; reports a name that is taken. */
  void add(Node node) {
    if (nodes.putIfAbsent(node.id(), node) != null) {
      problems.report(
          node.transform(),
          "another transform has the same full name; give each transform a name of its own");
    }
  }

  /** Puts another node in the place of the one with its name. */
  void replace(Node node) {
    nodes.put(node.id(), node);
  }

  /** The outputs of a transform by tag, sorted by it. */
  static Map<String, CollectionId> outputs(RunnerApi.PTransform transform) {
    Map<String, CollectionId> outputs = new TreeMap<>();
    transform.getOutputsMap().forEach((tag, id) -> outputs.put(tag, new CollectionId(id)));
    return outputs;
  }

  /** Adds a collection with windowing and boundedness of {@code like} and a coder of its own. */
  CollectionId addCollection(String name, String coderId, CollectionId like) {
    String id = unused(name, components::containsPcollections);
    components.putPcollections(
        id,
        components.getPcollectionsOrThrow(like.value()).toBuilder()
            .setUniqueName(name)
            .setCoderId(coderId)
            .build());
    return new CollectionId(id);
  }

  /**
   * Has all outputs of a transform encoded by a coder, in the runner and in harnesses, if they are
   * not by one that is the same.
   */
  void setCoders(RunnerApi.PTransform transform, String coderId) {
    for (CollectionId output : outputs(transform).values()) {
      RunnerApi.PCollection collection = components.getPcollectionsOrThrow(output.value());
      if (!Coders.same(components, collection.getCoderId(), coderId)) {
        components.putPcollections(
            output.value(), collection.toBuilder().setCoderId(coderId).build());
      }
    }
  }

  /** Adds a coder under an id made from {@code name}; returns the id. */
  String addCoder(String name, RunnerApi.Coder coder) {
    String id = unused(name, components::containsCoders);
    components.putCoders(id, coder);
    return id;
  }

  /** The collection's description from the components. */
  CollectionSpec collection(CollectionId id) {
    RunnerApi.PCollection collection = components.getPcollectionsOrThrow(id.value());
    return new CollectionSpec(
        id,
        collection.getUniqueName(),
        collection.getCoderId(),
        collection.getWindowingStrategyId(),
        collection.getIsBounded() != RunnerApi.IsBounded.Enum.UNBOUNDED);
  }

  /** The windowing strategy of a collection. */
  RunnerApi.WindowingStrategy windowing(CollectionId id) {
    return components.getWindowingStrategiesOrThrow(collection(id).windowingStrategyId());
  }

  /** The environment that runs the functions of a transform, or null if it names none. */
  static @Nullable String environmentOf(RunnerApi.PTransform transform) {
    return transform.getEnvironmentId().isEmpty() ? null : transform.getEnvironmentId();
  }

  /** Whether the functions of a transform are direct calls in this JVM. */
  boolean isEmbedded(RunnerApi.PTransform transform) {
    String id = environmentOf(transform);
    return id == null ? !foreign : isEmbedded(id);
  }

  /** Whether a node runs in a harness. */
  boolean runsInHarness(Node node) {
    return node.environmentId() != null && !isEmbedded(node.environmentId());
  }

  /** Whether functions of an environment can be called in a harness. */
  boolean hasHarness(String environmentId) {
    return components.containsEnvironments(environmentId) && !isEmbedded(environmentId);
  }

  private boolean isEmbedded(String environmentId) {
    return environments.place(environmentId, components.getEnvironmentsOrThrow(environmentId))
        instanceof Stage.Kind.Embedded;
  }

  private static String unused(String name, Predicate<String> taken) {
    String id = name;
    for (int i = 1; taken.test(id); i++) {
      id = name + "#" + i;
    }
    return id;
  }
}
