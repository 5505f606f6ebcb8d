package dev.tidemark.runner.state;

import dev.tidemark.translation.graph.NodeId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The entry in which a store keeps the description of the job that writes it. */
public final class JobRow {
  private static final Bytes KEY = Bytes.of(new byte[] {(byte) StateTable.DESCRIPTION.code()});

  private JobRow() {}

  /** The description; null in a store to which no job was ever given. */
  public static @Nullable Bytes read(StateStore store) {
    return store.get(KEY);
  }

  /**
   * Gives the store to a job, in one commit. To be called before the job opens the store.
   *
   * @param description of the job
   * @param naming the name that a node of the job has now, for each that it had before; empty if it
   *     is given up
   * @param dropped the nodes, by the name that they had, whose state goes
   */
  public static void write(
      StateStore store,
      Bytes description,
      UnaryOperator<String> naming,
      Collection<String> dropped) {
    Map<NodeId, Integer> before = NodeDictionary.read(store);
    Map<NodeId, Integer> after = new HashMap<>();
    // Those with another name come first: it may be that of a node that kept nothing.
    for (boolean renamed : new boolean[] {true, false}) {
      before.forEach(
          (node, number) -> {
            String name = dropped.contains(node.value()) ? "" : naming.apply(node.value());
            if (!name.isEmpty() && renamed != name.equals(node.value())) {
              after.putIfAbsent(new NodeId(name), number);
            }
          });
    }
    TreeSet<Bytes> gone = new TreeSet<>();
    TreeMap<Bytes, @Nullable Bytes> entries = new TreeMap<>();
    entries.put(KEY, description);
    before.forEach(
        (node, number) -> {
          if (!after.containsKey(node)) {
            entries.put(NodeDictionary.storeKey(node), null);
          }
          if (!after.containsValue(number)) {
            gone.addAll(NodeDictionary.tables(number));
          }
        });
    after.forEach(
        (node, number) -> {
          if (!number.equals(before.get(node))) {
            entries.put(NodeDictionary.storeKey(node), NodeDictionary.number(number));
          }
        });
    store.commit(new EpochCommit(store.manifest(), List.of(new StateChanges(gone, entries))));
  }
}
