package dev.tidemark.runner.simulation;

import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;

/** {@link Step.Explode} as a splittable function. */
abstract class ExplodeInParts extends DoFn<KV<Integer, Integer>, KV<Integer, Integer>> {
  private final Step.Explode step;
  private final Step.Splitting splitting;

  private ExplodeInParts(Step.Explode step, Step.Splitting splitting) {
    this.step = step;
    this.splitting = splitting;
  }

  /** Makes the function; whether it is bounded is in its class, as Beam wants it. */
  static ExplodeInParts of(Step.Explode step, Step.Splitting splitting) {
    return splitting.unbounded() ? new Unbounded(step, splitting) : new Bounded(step, splitting);
  }

  @BoundedPerElement
  private static final class Bounded extends ExplodeInParts {
    Bounded(Step.Explode step, Step.Splitting splitting) {
      super(step, splitting);
    }
  }

  @UnboundedPerElement
  private static final class Unbounded extends ExplodeInParts {
    Unbounded(Step.Explode step, Step.Splitting splitting) {
      super(step, splitting);
    }
  }

  @GetInitialRestriction
  public OffsetRange copies(@Element KV<Integer, Integer> element) {
    return new OffsetRange(0, step.copies(ElementFunctions.plain(element)));
  }

  @SplitRestriction
  public void split(@Restriction OffsetRange range, OutputReceiver<OffsetRange> parts) {
    long size = Math.max(1, (range.getTo() - range.getFrom()) / splitting.pieces());
    range.split(size, 1).forEach(parts::output);
  }

  @ProcessElement
  public ProcessContinuation process(
      @Element KV<Integer, Integer> element,
      RestrictionTracker<OffsetRange, Long> tracker,
      OutputReceiver<KV<Integer, Integer>> out) {
    int claimed = 0;
    for (long copy = tracker.currentRestriction().getFrom(); tracker.tryClaim(copy); copy++) {
      KeyedValue result = step.copy(ElementFunctions.plain(element), (int) copy);
      out.output(KV.of(result.key(), result.value()));
      if (++claimed == splitting.claims()) {
        return ProcessContinuation.resume();
      }
    }
    return ProcessContinuation.stop();
  }
}
