package dev.tidemark.translation.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Sorts items so that each stands behind all that it depends on, and otherwise as near as possible
 * to where it stood.
 *
 * @param sorted the items in order; those on a cycle, or behind one, are missing
 * @param remaining the items on a cycle or behind one, in the order given
 */
public record TopologicalOrder<T>(List<T> sorted, List<T> remaining) {
  public TopologicalOrder {
    sorted = List.copyOf(sorted);
    remaining = List.copyOf(remaining);
  }

  /**
   * Sorts {@code items}.
   *
   * @param items without duplicates, in the preferred order
   * @param dependencies for each item, those that must stand before it; others than {@code items}
   *     in it are ignored
   */
  public static <T> TopologicalOrder<T> of(List<T> items, Map<T, ? extends Set<T>> dependencies) {
    Map<T, Integer> position = new HashMap<>();
    items.forEach(item -> position.put(item, position.size()));
    int[] waitingFor = new int[items.size()];
    List<List<Integer>> waiting = new ArrayList<>();
    items.forEach(item -> waiting.add(new ArrayList<>()));
    for (int i = 0; i < items.size(); i++) {
      Set<T> before = dependencies.get(items.get(i));
      if (before != null) {
        for (T dependency : before) {
          Integer j = position.get(dependency);
          if (j != null) {
            waiting.get(j).add(i);
            waitingFor[i]++;
          }
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waitingFor.length; i++) {
      if (waitingFor[i] == 0) {
        ready.add(i);
      }
    }
    Set<T> sorted = new LinkedHashSet<>();
    for (Integer next = ready.poll(); next != null; next = ready.poll()) {
      sorted.add(items.get(next));
      for (int consumer : waiting.get(next)) {
        if (--waitingFor[consumer] == 0) {
          ready.add(consumer);
        }
      }
    }
    return new TopologicalOrder<>(
        List.copyOf(sorted), items.stream().filter(item -> !sorted.contains(item)).toList());
  }
}
