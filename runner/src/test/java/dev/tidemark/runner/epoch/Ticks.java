package dev.tidemark.runner.epoch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Emits 0, 1, 2, ... for its element, each a minute of event time later, with a rest of a
 * millisecond of processing time after each one.
 */
@DoFn.UnboundedPerElement
final class Ticks extends DoFn<String, KV<String, Long>> {
  /** What all of them have emitted since somebody cleared it. */
  static final List<KV<String, Long>> EMITTED = new CopyOnWriteArrayList<>();

  private final long round;

  /** Drops what is left when the job is drained. */
  Ticks() {
    this(0);
  }

  /** Goes on to the next multiple of {@code round} when the job is drained. */
  Ticks(long round) {
    this.round = round;
  }

  @GetInitialRestriction
  public OffsetRange initialRestriction() {
    return new OffsetRange(0, Long.MAX_VALUE);
  }

  @GetInitialWatermarkEstimatorState
  public Instant initialWatermark() {
    return Instant.EPOCH;
  }

  @NewWatermarkEstimator
  public WatermarkEstimators.Manual watermarkEstimator(@WatermarkEstimatorState Instant watermark) {
    return new WatermarkEstimators.Manual(watermark);
  }

  @TruncateRestriction
  public @Nullable TruncateResult<OffsetRange> truncate(@Restriction OffsetRange rest) {
    return round == 0
        ? null
        : TruncateResult.of(new OffsetRange(rest.getFrom(), (rest.getFrom() / round + 1) * round));
  }

  @ProcessElement
  public ProcessContinuation process(
      @Element String element,
      RestrictionTracker<OffsetRange, Long> tracker,
      ManualWatermarkEstimator<Instant> watermark,
      OutputReceiver<KV<String, Long>> output) {
    long tick = tracker.currentRestriction().getFrom();
    if (!tracker.tryClaim(tick)) {
      return ProcessContinuation.stop();
    }
    KV<String, Long> emitted = KV.of(element, tick);
    EMITTED.add(emitted);
    output.outputWithTimestamp(emitted, timeOf(tick));
    watermark.setWatermark(timeOf(tick + 1));
    return ProcessContinuation.resume().withResumeDelay(Duration.millis(1));
  }

  static Instant timeOf(long tick) {
    return Instant.EPOCH.plus(Duration.standardMinutes(tick));
  }
}
