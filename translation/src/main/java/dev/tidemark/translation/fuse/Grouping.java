package dev.tidemark.translation.fuse;

import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeGraph;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A partition of the nodes into groups that can be merged as long as the graph of groups stays
 * acyclic.
 *
 * <p>Owned by the fuser.
 */
final class Grouping {
  private final Set<Edge> mergeable;
  private final Map<NodeId, Group> groupOf = new HashMap<>();
  private final Set<Group> groups = new LinkedHashSet<>();

  /** Nodes that are to be one stage, with the edges that leave them. */
  private static final class Group {
    private final List<NodeId> nodes = new ArrayList<>();
    private final List<Edge> leaving = new ArrayList<>();
    private @Nullable NodeId keying;
    // Of groups in a harness only.
    private boolean assignsWindows;
    private boolean readsSideInputs;
  }

  /**
   * Starts with a group for each node.
   *
   * @param mergeable the edges whose ends may be in one group
   * @param kinds where each node runs
   */
  Grouping(NodeGraph graph, List<Edge> mergeable, Map<NodeId, Stage.Kind> kinds) {
    this.mergeable = new HashSet<>(mergeable);
    for (Node node : graph.nodes()) {
      Group group = new Group();
      group.nodes.add(node.id());
      group.keying = graph.keyings().get(node.id());
      if (kinds.get(node.id()) instanceof Stage.Kind.Harness) {
        group.assignsWindows = node.operation() instanceof Operation.WindowInto;
        group.readsSideInputs = !node.sideInputs().isEmpty();
      }
      groupOf.put(node.id(), group);
      groups.add(group);
    }
    graph.edges().forEach(edge -> group(edge.producer()).leaving.add(edge));
  }

  /** Merges the groups of the edge's ends, unless they are one already or must not be. */
  boolean merge(Edge edge) {
    Group producer = group(edge.producer());
    Group consumer = group(edge.consumer());
    if (producer == consumer
        || (producer.assignsWindows && consumer.readsSideInputs)
        || (producer.keying != null
            && consumer.keying != null
            && !producer.keying.equals(consumer.keying))
        || isOtherwiseBefore(producer, consumer)) {
      return false;
    }
    consumer.nodes.forEach(node -> groupOf.put(node, producer));
    producer.nodes.addAll(consumer.nodes);
    producer.leaving.addAll(consumer.leaving);
    producer.leaving.removeIf(leaving -> group(leaving.consumer()) == producer);
    if (producer.keying == null) {
      producer.keying = consumer.keying;
    }
    producer.assignsWindows |= consumer.assignsWindows;
    producer.readsSideInputs |= consumer.readsSideInputs;
    groups.remove(consumer);
    return true;
  }

  /** The groups as they are now, without order. */
  List<Set<NodeId>> groups() {
    List<Set<NodeId>> result = new ArrayList<>();
    groups.forEach(group -> result.add(new LinkedHashSet<>(group.nodes)));
    return result;
  }

  /**
   * Whether a path other than direct mergeable edges leads from one group to the other; merged,
   * they would be on a cycle.
   */
  private boolean isOtherwiseBefore(Group producer, Group consumer) {
    Set<Group> seen = new HashSet<>();
    Deque<Group> open = new ArrayDeque<>();
    for (Edge edge : producer.leaving) {
      Group next = group(edge.consumer());
      if (next == consumer) {
        if (!mergeable.contains(edge)) {
          return true;
        }
      } else if (seen.add(next)) {
        open.add(next);
      }
    }
    while (!open.isEmpty()) {
      for (Edge edge : open.remove().leaving) {
        Group next = group(edge.consumer());
        if (next == consumer) {
          return true;
        }
        if (seen.add(next)) {
          open.add(next);
        }
      }
    }
    return false;
  }

  private Group group(NodeId node) {
    return Objects.requireNonNull(groupOf.get(node));
  }
}
