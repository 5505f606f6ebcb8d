package dev.tidemark.runner.stage;

import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Merges windows of a function that only an SDK knows.
 *
 * <p>Owned by the lane.
 */
@FunctionalInterface
public interface WindowMerger {

  /**
   * Windows that become one.
   *
   * @param result the window that they become, which may be one of them
   * @param consumed all of them
   */
  record Merged(BoundedWindow result, Collection<BoundedWindow> consumed) {
    public Merged {
      consumed = List.copyOf(consumed);
    }
  }

  /**
   * Merges each of some sets of windows, by itself.
   *
   * @param sets many at once, as each call may be one to another process
   * @return for each set what of it merges; windows that are in no result stay as they are
   * @throws Exception if the function fails, or cannot be called
   */
  List<List<Merged>> merge(List<? extends Collection<BoundedWindow>> sets) throws Exception;
}
