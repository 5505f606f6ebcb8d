package dev.tidemark.runner.stage;

import java.util.List;

/**
 * What a window of a side input shows: in memory or, if it is large, on disk.
 *
 * <p>Its elements may be read from several threads, and are not to be changed.
 *
 * @param elements in the order in which they came
 * @param release to be called once, when nobody asks for the elements any more; who has them in
 *     hand may go on reading
 */
public record SideInputContents(List<?> elements, Runnable release) {
  /** Contents that are just objects, which cost nothing to keep. */
  public static SideInputContents of(List<?> elements) {
    return new SideInputContents(elements, () -> {});
  }
}
