package dev.tidemark.runner.simulation;

import java.util.List;
import java.util.Optional;

/**
 * A random pipeline, as data: source, steps, windows, steps, aggregation, perhaps a second
 * aggregation of the results.
 *
 * @param seed what {@link RandomPipeline} made it of
 * @param timeline what the source does
 * @param before steps before the windows are assigned
 * @param windowing the windows
 * @param after steps after that
 * @param aggregation the grouping
 * @param second a second one
 */
record PipelineSpec(
    long seed,
    Timeline timeline,
    List<Step> before,
    Windowing windowing,
    List<Step> after,
    Aggregation aggregation,
    Optional<Second> second) {

  /**
   * Combines the numbers that the first aggregation has put out, by a coarser key in the same
   * windows.
   */
  record Second(int modulus, Aggregation.Combine combine) {
    int key(int firstKey) {
      return Math.floorMod(firstKey, modulus);
    }
  }

  /** How the parts of the last aggregation are put together. */
  Aggregation.Reassembly reassembly() {
    Aggregation last = second.<Aggregation>map(Second::combine).orElse(aggregation);
    return last.reassembly(windowing.accumulating());
  }

  /**
   * Whether two runs under the same schedule have to be the same: nothing in the pipeline looks at
   * the machine's clock (a TestStream brings its own), and none of Beam's own transforms rolls
   * dice.
   */
  boolean repeatable() {
    boolean dice =
        randomizes(aggregation)
            || second.isPresent() && randomizes(second.get().combine())
            || randomizes(before)
            || randomizes(after);
    boolean ownThreads = timeline.kind() == Timeline.Kind.UNBOUNDED_READ;
    return !dice && !ownThreads && (timeline.ownsClock() || !looksAtClock());
  }

  private boolean looksAtClock() {
    return windowing.trigger().looksAtClock()
        || aggregation instanceof Aggregation.Buffer buffer
            && buffer.flush() == Aggregation.Buffer.Flush.PROCESSING_TIME;
  }

  private static boolean randomizes(Aggregation aggregation) {
    return aggregation instanceof Aggregation.Combine combine && combine.fanout() > 0
        || aggregation instanceof Aggregation.Join join && randomizes(join.right());
  }

  private static boolean randomizes(List<Step> steps) {
    for (Step step : steps) {
      if (step instanceof Step.Shuffle shuffle
              && (shuffle.kind() == Step.Shuffle.Kind.RESHUFFLE_ANYHOW
                  || shuffle.kind() == Step.Shuffle.Kind.REDISTRIBUTE_ANYHOW)
          || step instanceof Step.Diamond diamond
              && (randomizes(diamond.left()) || randomizes(diamond.right()))
          || step instanceof Step.Fork fork
              && (randomizes(fork.even()) || randomizes(fork.odd()))) {
        return true;
      }
    }
    return false;
  }
}
