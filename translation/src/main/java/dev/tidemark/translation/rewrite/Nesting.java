package dev.tidemark.translation.rewrite;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Measures things that are made of others, such as coders: how deep they are nested and, with each
 * part counted wherever it stands, how large they are. What comes out has limits, so that steps
 * after it may go through all parts, and do it by recursion.
 *
 * <p>Owned by the translation.
 */
final class Nesting<T> {
  /** No pipeline of a person comes near; a thread's stack holds many times this. */
  static final int MAX_DEPTH = 100;

  private final Map<String, T> all;
  private final Function<T, ? extends Collection<String>> parts;
  private final long maxSize;
  private final Map<String, Measure> measured = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private final Map<String, String> problems = new LinkedHashMap<>();

  /** Of one thing with all in it. */
  private record Measure(int depth, long size) {
    static final Measure UNKNOWN = new Measure(0, 0);
  }

  private Nesting(
      Map<String, T> all, Function<T, ? extends Collection<String>> parts, long maxSize) {
    this.all = all;
    this.parts = parts;
    this.maxSize = maxSize;
  }

  /**
   * Checks all things.
   *
   * @param all by id
   * @param parts the ids of what a thing is made of; those that are not in {@code all} are left out
   * @param maxSize how many parts one may have, counted through all levels
   * @return what is wrong, by the id of the thing; of several on one path, the innermost
   */
  static <T> Map<String, String> problems(
      Map<String, T> all, Function<T, ? extends Collection<String>> parts, long maxSize) {
    Nesting<T> nesting = new Nesting<>(all, parts, maxSize);
    all.keySet().forEach(id -> nesting.measure(id, 1));
    return nesting.problems;
  }

  private Measure measure(String id, int level) {
    T thing = all.get(id);
    Measure known = measured.get(id);
    if (known != null || thing == null) {
      return known == null ? Measure.UNKNOWN : known;
    }
    if (!open.add(id)) {
      problems.put(id, "is a part of itself");
      return Measure.UNKNOWN;
    }
    if (level > MAX_DEPTH) {
      open.remove(id);
      problems.put(id, "stands more than " + MAX_DEPTH + " levels deep");
      return Measure.UNKNOWN;
    }
    int depth = 1;
    long size = 1;
    for (String part : parts.apply(thing)) {
      Measure inner = measure(part, level + 1);
      depth = Math.max(depth, inner.depth() + 1);
      size = Math.min(maxSize + 1, size + inner.size());
    }
    open.remove(id);
    Measure measure = new Measure(depth, size);
    if (depth > MAX_DEPTH) {
      problems.put(id, "has more than " + MAX_DEPTH + " levels of parts");
      measure = Measure.UNKNOWN;
    } else if (size > maxSize) {
      problems.put(id, "has more than " + maxSize + " parts, on all levels");
      measure = Measure.UNKNOWN;
    }
    measured.put(id, measure);
    return measure;
  }
}
