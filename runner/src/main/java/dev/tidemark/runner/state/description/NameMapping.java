package dev.tidemark.runner.state.description;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What transforms that wrote a state are called now. A name stands for all that lies in a composite
 * of it as well; the longest one that fits counts. A transform with an empty new name is given up.
 *
 * <p>Immutable.
 *
 * @param names the full names of before, and those of now
 */
public record NameMapping(SortedMap<String, String> names) {
  /** Every transform is called as before. */
  public static final NameMapping NONE = new NameMapping(Map.of());

  public NameMapping {
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
  }

  /** Makes a mapping. */
  public NameMapping(Map<String, String> names) {
    this(new TreeMap<>(names));
  }

  /** The name that a transform has now; empty if it is given up. */
  public String apply(String before) {
    for (int end = before.length(); end > 0; end = before.lastIndexOf('/', end - 1)) {
      String now = names.get(before.substring(0, end));
      if (now != null) {
        return now.isEmpty() ? "" : now + before.substring(end);
      }
    }
    return before;
  }

  /** A complaint for each name that no transform has. */
  List<String> unused(Collection<String> before) {
    return names.keySet().stream()
        .filter(
            name ->
                before.stream()
                    .noneMatch(other -> other.equals(name) || other.startsWith(name + "/")))
        .map(name -> "--transformNameMapping names \"" + name + "\", which has no state")
        .toList();
  }
}
