package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Windowing.Span;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
   * windows or in new ones.
   *
   * @param rewindowMillis the size of new fixed windows that take nothing late, which shows whether
   *     the first aggregation holds back the watermark as it should; 0 for the same windows
   */
  record Second(int modulus, Aggregation.Combine combine, long rewindowMillis) {
    int key(int firstKey) {
      return Math.floorMod(firstKey, modulus);
    }

    Span span(Observation.Group group) {
      return rewindowMillis == 0
          ? group.span()
          : new Windowing.Fixed(rewindowMillis, 0).assign(group.outputMillis()).get(0);
    }
  }

  /** Whether results are in other windows than the first aggregation's. */
  boolean rewindowed() {
    return second.isPresent() && second.get().rewindowMillis() > 0;
  }

  /** The timestamp of the first aggregation's result for a window, if it is fired once. */
  long outputMillis(Span span, List<Long> times) {
    if (aggregation instanceof Aggregation.Buffer buffer) {
      return span.endMillis() - (buffer.flush() == Aggregation.Buffer.Flush.HELD ? 10 : 1);
    }
    return switch (windowing.outputTime()) {
      case EARLIEST -> Collections.min(times);
      case LATEST -> Collections.max(times);
      case END_OF_WINDOW -> span.endMillis() - 1;
    };
  }

  /** How the parts of the last aggregation are put together. */
  Aggregation.Reassembly reassembly() {
    Aggregation last = second.<Aggregation>map(Second::combine).orElse(aggregation);
    return last.reassembly(windowing.accumulating() && !rewindowed());
  }

  /** The same pipeline up to the first aggregation. */
  PipelineSpec withoutSecond() {
    return new PipelineSpec(
        seed, timeline, before, windowing, after, aggregation, Optional.empty());
  }

  /** The same pipeline over another source. */
  PipelineSpec with(Timeline other) {
    return new PipelineSpec(seed, other, before, windowing, after, aggregation, second);
  }

  /** Whether Beam accepts it and the oracle knows what has to come out. */
  boolean accepted() {
    boolean global = windowing.shape() instanceof Windowing.Global;
    boolean bounds = !timeline.unbounded() || !global || !windowing.trigger().isDefault();
    boolean state = !aggregation.stateful() || !windowing.sessions();
    boolean drain =
        timeline.kind() != Timeline.Kind.DRAINED_READ || timeline.elementsBeforeDrain() > 0;
    boolean sides =
        windowsSidesOnlyAfter()
            && (!timeline.hasLateElements() || !anyStepAtAll(PipelineSpec::hasStreamedSide));
    return bounds
        && state
        && drain
        && sides
        && windowing.trigger().losesNothing(windowing.allowedLatenessMillis())
        && (second.isEmpty() || timesAndPanesAreKnown());
  }

  private boolean windowsSidesOnlyAfter() {
    boolean global = windowing.shape() instanceof Windowing.Global;
    return !global || !anyStep(afterWindows(), PipelineSpec::hasWindowedSide);
  }

  private static boolean hasWindowedSide(Step step) {
    return step instanceof Step.AddSide side && side.side().windowMillis() > 0;
  }

  /** Whether a side input comes from a {@code TestStream}. */
  boolean streamsSides() {
    return anyStepAtAll(PipelineSpec::hasStreamedSide);
  }

  private static boolean hasStreamedSide(Step step) {
    return step instanceof Step.AddSide side && side.side().streamed();
  }

  /**
   * A second aggregation sees whatever panes the first one fires, and when: its result is known
   * only where it does not depend on them.
   */
  private boolean timesAndPanesAreKnown() {
    boolean once = windowing.trigger().firesOnce();
    boolean panesAddUp = !windowing.accumulating() || firesOnePane() || aggregation.stateful();
    boolean spansAreFinal = !windowing.sessions() || once;
    return !timeline.hasLateElements()
        && panesAddUp
        && spansAreFinal
        && !(aggregation instanceof Aggregation.Totals)
        && (!rewindowed() || timesAreKnown());
  }

  /** A closing pane that is fired even if empty repeats an accumulated result. */
  private boolean firesOnePane() {
    return windowing.trigger().firesOnce() && !windowing.alwaysFireOnClose();
  }

  private boolean timesAreKnown() {
    if (windowing.shape() instanceof Windowing.Global) {
      return false;
    }
    if (aggregation.stateful()) {
      return aggregation instanceof Aggregation.Buffer buffer
          && buffer.flush() != Aggregation.Buffer.Flush.PROCESSING_TIME
          && buffer.flush() != Aggregation.Buffer.Flush.LOOP;
    }
    return firesOnePane();
  }

  /** Whether Beam's model says of each pane what is in it. */
  boolean exactPanes() {
    boolean oneByOne =
        timeline.kind() == Timeline.Kind.TEST_STREAM
            && timeline.events().stream()
                .noneMatch(event -> event instanceof Timeline.Elements e && e.elements().size() > 1)
            && keepsSingle(before)
            && keepsSingle(after);
    boolean plain =
        aggregation instanceof Aggregation.Group
            || aggregation instanceof Aggregation.Combine combine
                && combine.function() == Aggregation.Combine.Function.SUM
                && combine.fanout() == 0;
    return oneByOne && plain && second.isEmpty() && !windowing.sessions();
  }

  /** Whether an element becomes at most one. */
  private static boolean keepsSingle(List<Step> steps) {
    return steps.stream()
        .allMatch(
            step ->
                step instanceof Step.Fork fork
                    ? keepsSingle(fork.even()) && keepsSingle(fork.odd())
                    : !(step instanceof Step.Explode
                        || step instanceof Step.Diamond
                        || step instanceof Step.Twice
                        || step instanceof Step.AddSide side && side.side().streamed()));
  }

  /**
   * Whether two runs under the same schedule have to be the same: nothing in the pipeline looks at
   * the machine's clock (a TestStream brings its own), and none of Beam's own transforms rolls
   * dice.
   */
  boolean repeatable() {
    boolean dice =
        spreads(aggregation)
            || second.isPresent() && spreads(second.get().combine())
            || anyStepAtAll(PipelineSpec::randomizes);
    boolean ownThreads = timeline.readers() || anyStepAtAll(PipelineSpec::isUnbounded);
    return !dice && !ownThreads && (timeline.ownsClock() || !looksAtClock());
  }

  private boolean looksAtClock() {
    return windowing.trigger().looksAtClock()
        || anyStepAtAll(PipelineSpec::resumes)
        || aggregation instanceof Aggregation.Buffer buffer
            && buffer.flush() == Aggregation.Buffer.Flush.PROCESSING_TIME;
  }

  private static boolean isUnbounded(Step step) {
    return step instanceof Step.Explode explode && explode.splitting().unbounded();
  }

  /** A function that asks to be called again is called when the clock says so. */
  private static boolean resumes(Step step) {
    return step instanceof Step.Explode explode && explode.splitting().claims() > 0;
  }

  private static boolean spreads(Aggregation aggregation) {
    return aggregation instanceof Aggregation.Combine combine && combine.fanout() > 0;
  }

  private static boolean randomizes(Step step) {
    return step instanceof Step.Shuffle shuffle
        && (shuffle.kind() == Step.Shuffle.Kind.RESHUFFLE_ANYHOW
            || shuffle.kind() == Step.Shuffle.Kind.REDISTRIBUTE_ANYHOW);
  }

  private boolean anyStepAtAll(Predicate<Step> condition) {
    return anyStep(before, condition) || anyStep(afterWindows(), condition);
  }

  /** All steps between the windows and the aggregation. */
  private List<Step> afterWindows() {
    return aggregation instanceof Aggregation.Join join
        ? Stream.concat(after.stream(), join.right().stream()).toList()
        : after;
  }

  /** Whether a condition holds for any of the steps, or of those that they are made of. */
  private static boolean anyStep(List<Step> steps, Predicate<Step> condition) {
    return steps.stream()
        .anyMatch(
            step ->
                condition.test(step)
                    || step instanceof Step.Diamond diamond
                        && (anyStep(diamond.left(), condition)
                            || anyStep(diamond.right(), condition))
                    || step instanceof Step.Fork fork
                        && (anyStep(fork.even(), condition) || anyStep(fork.odd(), condition)));
  }
}
