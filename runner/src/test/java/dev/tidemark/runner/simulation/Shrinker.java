package dev.tidemark.runner.simulation;

import java.util.function.Predicate;

/** Makes a failing pipeline smaller for as long as it fails. */
final class Shrinker {
  private final Predicate<PipelineSpec> fails;
  private int triesLeft;

  private Shrinker(Predicate<PipelineSpec> fails, int tries) {
    this.fails = fails;
    this.triesLeft = tries;
  }

  /**
   * Gives a pipeline that fails too, and of which no part can be left out or made simpler without
   * it passing, unless the tries were too few for that.
   *
   * @param fails whether a pipeline fails; asked at most {@code tries} times
   */
  static PipelineSpec shrink(PipelineSpec failing, Predicate<PipelineSpec> fails, int tries) {
    return new Shrinker(fails, tries).shrink(failing);
  }

  private PipelineSpec shrink(PipelineSpec failing) {
    PipelineSpec smallest = failing;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (PipelineSpec candidate : SmallerPipelines.than(smallest)) {
        if (triesLeft-- <= 0) {
          return smallest;
        }
        if (fails.test(candidate)) {
          smallest = candidate;
          smaller = true;
          break;
        }
      }
    }
    return smallest;
  }
}
