package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.translation.graph.NodeId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the nodes of a job, so that store keys are short. The numbers are kept in the store and
 * never change; those of nodes that are gone are not given to others. (A hash of the name needs no
 * table, but two names could share one and with it their state.)
 *
 * <p>Immutable.
 */
public final class NodeDictionary {
  private static final Bytes PREFIX = Bytes.of(new byte[] {(byte) StateTable.DICTIONARY.code()});

  /** Tables whose entries belong to no node. */
  private static final Set<StateTable> OF_THE_JOB =
      Set.of(StateTable.DICTIONARY, StateTable.DESCRIPTION, StateTable.JOB, StateTable.METRICS);

  private final Map<NodeId, Integer> numbers;

  private NodeDictionary(Map<NodeId, Integer> numbers) {
    this.numbers = numbers;
  }

  /**
   * Reads the numbers out of {@code store} and gives new ones to those of {@code nodes} that have
   * none; these are committed at once. To be called before any lane opens its state.
   */
  public static NodeDictionary open(StateStore store, Collection<NodeId> nodes) {
    Map<NodeId, Integer> numbers = read(store);
    int last = numbers.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    TreeMap<Bytes, @Nullable Bytes> added = new TreeMap<>();
    for (NodeId node : new TreeSet<>(nodes)) {
      if (!numbers.containsKey(node)) {
        numbers.put(node, ++last);
        added.put(storeKey(node), number(last));
      }
    }
    if (!added.isEmpty()) {
      StateChanges changes = new StateChanges(new TreeSet<>(), added);
      store.commit(new EpochCommit(store.manifest(), List.of(changes)));
    }
    return new NodeDictionary(numbers);
  }

  /**
   * The number of {@code node}.
   *
   * @throws IllegalArgumentException if it has none
   */
  int number(NodeId node) {
    Integer number = numbers.get(node);
    if (number == null) {
      throw new IllegalArgumentException("the state of " + node + " was never opened");
    }
    return number;
  }

  static Map<NodeId, Integer> read(StateStore store) {
    Map<NodeId, Integer> numbers = new HashMap<>();
    try (StateScan scan = store.scan(PREFIX)) {
      while (scan.hasNext()) {
        StateEntry entry = scan.next();
        byte[] name = new ByteReader(entry.key(), PREFIX.length()).readRest();
        numbers.put(new NodeId(new String(name, UTF_8)), new ByteReader(entry.value()).readInt());
      }
    }
    return numbers;
  }

  static Bytes storeKey(NodeId node) {
    return PREFIX.concat(Bytes.of(node.value().getBytes(UTF_8)));
  }

  /** The beginnings of all store keys of the node with a number. */
  static List<Bytes> tables(int number) {
    return Stream.of(StateTable.values())
        .filter(table -> !OF_THE_JOB.contains(table))
        .map(table -> Bytes.of(new byte[] {(byte) table.code()}).concat(number(number)))
        .toList();
  }

  static Bytes number(int number) {
    ByteWriter out = new ByteWriter();
    out.writeInt(number);
    return out.toBytes();
  }
}
