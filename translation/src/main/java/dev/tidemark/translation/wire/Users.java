package dev.tidemark.translation.wire;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.StageGraph;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who makes or reads the values of each collection: harnesses, Java functions in this JVM, or both.
 * Collections that the runner's own operations connect hold the same values, or parts of them.
 *
 * <p>Owned by the translation.
 */
final class Users {
  private final Map<CollectionId, CollectionId> connected = new HashMap<>();
  // Of connected ones, the root.
  private final Set<CollectionId> byHarness = new HashSet<>();
  private final Set<CollectionId> byFunction = new HashSet<>();

  /** The users of the collections of {@code graph}, whose harness stages have one node each. */
  Users(StageGraph graph) {
    List<Node> nodes = graph.nodes().toList();
    nodes.stream().filter(Users::isRunners).forEach(this::connect);
    for (Node node : nodes) {
      if (!isRunners(node)) {
        Set<CollectionId> used =
            node.operation() instanceof Operation.Harness ? byHarness : byFunction;
        all(node).forEach(collection -> used.add(root(collection)));
      }
    }
  }

  private static Stream<CollectionId> all(Node node) {
    return Stream.of(
            node.inputs().stream(),
            node.outputs().values().stream(),
            node.sideInputs().stream().map(SideInputSpec::collection))
        .flatMap(collections -> collections);
  }

  private void connect(Node node) {
    List<CollectionId> all = all(node).toList();
    for (CollectionId other : all) {
      CollectionId first = root(all.get(0));
      CollectionId second = root(other);
      if (!first.equals(second)) {
        connected.put(second, first);
      }
    }
  }

  /** Whether an operation is the runner's own, and looks at no value but to take it apart. */
  private static boolean isRunners(Node node) {
    Operation operation = node.operation();
    return operation instanceof Operation.Impulse
        || operation instanceof Operation.TestStream
        || operation instanceof Operation.Flatten
        || operation instanceof Operation.GroupByKey
        || operation instanceof Operation.Redistribute
        || operation instanceof Operation.WithEmptyKey
        || operation instanceof Operation.WithShardedKey
        || operation instanceof Operation.Materialize
        || (operation instanceof Operation.WindowInto && node.environmentId() == null);
  }

  /** Whether a harness makes or reads the values. */
  boolean isUsedByHarness(CollectionId collection) {
    return byHarness.contains(root(collection));
  }

  /** Whether a function in this JVM makes or reads the values, as objects. */
  boolean isUsedByFunction(CollectionId collection) {
    return byFunction.contains(root(collection));
  }

  private CollectionId root(CollectionId collection) {
    CollectionId next = connected.get(collection);
    if (next == null) {
      return collection;
    }
    CollectionId farther = connected.get(next);
    while (farther != null) {
      next = farther;
      farther = connected.get(next);
    }
    connected.put(collection, next);
    return next;
  }
}
