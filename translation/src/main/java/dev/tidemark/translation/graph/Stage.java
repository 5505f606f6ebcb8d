package dev.tidemark.translation.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that run together in each lane, connected by direct calls.
 *
 * <p>Immutable.
 *
 * @param id its name
 * @param kind where it runs
 * @param nodes its nodes in topological order
 * @param innerEdges the {@link Edge.Kind#FORWARD} edges between them
 * @param incoming the edges that enter it from other stages, broadcasts among them
 * @param facts what the fuser found out about it
 */
public record Stage(
    StageId id,
    Kind kind,
    List<Node> nodes,
    List<Edge> innerEdges,
    List<Edge> incoming,
    Facts facts) {
  public Stage {
    nodes = List.copyOf(nodes);
    innerEdges = List.copyOf(innerEdges);
    incoming = List.copyOf(incoming);
  }

  /** Where a stage runs. */
  public sealed interface Kind {
    /** In the host's own JVM: the user's Java functions are direct calls. */
    record Embedded() implements Kind {}

    /** In an SDK harness of the given environment, over the Fn API; it has one input. */
    record Harness(String environmentId) implements Kind {}
  }

  /**
   * What is known of a stage as a whole, computed once.
   *
   * @param hasSource whether a node of it is fed by a source
   * @param stateful whether a user's function of it keeps state or timers by key
   * @param keyed the node whose key all keyed nodes of the stage share, or null if none is keyed
   * @param finalizesBundles whether a function of it may register bundle finalizers
   */
  public record Facts(
      boolean hasSource, boolean stateful, @Nullable NodeId keyed, boolean finalizesBundles) {}
}
