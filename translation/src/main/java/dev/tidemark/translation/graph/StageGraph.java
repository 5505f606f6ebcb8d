package dev.tidemark.translation.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * A pipeline as a directed acyclic graph of fused stages.
 *
 * <p>Immutable.
 *
 * @param stages in topological order; side inputs count as ordering edges
 * @param collections every collection that a node makes
 * @param components the pipeline's components, those added by rewrites included, to look up coders,
 *     windowing strategies and environments
 */
public record StageGraph(
    List<Stage> stages,
    Map<CollectionId, CollectionSpec> collections,
    RunnerApi.Components components) {
  public StageGraph {
    stages = List.copyOf(stages);
    collections = Collections.unmodifiableMap(new LinkedHashMap<>(collections));
  }

  /** Whether every collection is finite, so that the job ends by itself. */
  public boolean bounded() {
    return collections.values().stream().allMatch(CollectionSpec::bounded);
  }

  /** All nodes, in topological order. */
  public Stream<Node> nodes() {
    return stages.stream().flatMap(stage -> stage.nodes().stream());
  }

  /** The node that makes a collection; empty if none does. */
  public Optional<Node> producer(CollectionId collection) {
    return nodes().filter(node -> node.outputs().containsValue(collection)).findFirst();
  }

  /** Whether a {@code TestStream} moves the clock. */
  public boolean hasTestStream() {
    return nodes().anyMatch(node -> node.operation() instanceof Operation.TestStream);
  }

  /** The collection of the given id. */
  public CollectionSpec collection(CollectionId id) {
    CollectionSpec spec = collections.get(id);
    if (spec == null) {
      throw new IllegalArgumentException("no collection " + id);
    }
    return spec;
  }
}
