package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;

/** Lists that lack something of a given one. */
final class SmallerLists {
  private SmallerLists() {}

  /** Either half of a list, and the list without each one of its items. */
  static <T> List<List<T>> of(List<T> list) {
    List<List<T>> smaller = new ArrayList<>();
    int half = list.size() / 2;
    if (half > 1) {
      smaller.add(List.copyOf(list.subList(0, half)));
      smaller.add(List.copyOf(list.subList(half, list.size())));
    }
    for (int i = 0; i < list.size(); i++) {
      smaller.add(replaced(list, i, List.of()));
    }
    return smaller;
  }

  /** A list with others in the place of one item. */
  static <T> List<T> replaced(List<T> list, int index, List<T> others) {
    List<T> replaced = new ArrayList<>(list);
    replaced.remove(index);
    replaced.addAll(index, others);
    return List.copyOf(replaced);
  }
}
