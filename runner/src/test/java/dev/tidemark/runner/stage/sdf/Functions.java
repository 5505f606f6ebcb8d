package dev.tidemark.runner.stage.sdf;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Splittable functions with known answers: element "x:n" becomes "x0" to "x(n-1)". */
final class Functions {
  private Functions() {}

  private static String name(String element) {
    return element.substring(0, element.indexOf(':'));
  }

  private static OffsetRange range(String element) {
    return new OffsetRange(0, Long.parseLong(element.substring(element.indexOf(':') + 1)));
  }

  /** Counts, with splits at random places, and gives up the turn after every few claims. */
  @DoFn.BoundedPerElement
  static final class Count extends DoFn<String, String> {
    private final int claimsPerTurn;
    private final long delayMillis;
    private final long splitSeed;

    Count(int claimsPerTurn, long delayMillis, long splitSeed) {
      this.claimsPerTurn = claimsPerTurn;
      this.delayMillis = delayMillis;
      this.splitSeed = splitSeed;
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return range(element);
    }

    @SplitRestriction
    public void split(@Restriction OffsetRange range, OutputReceiver<OffsetRange> parts) {
      Random random = new Random(splitSeed);
      long from = range.getFrom();
      while (splitSeed != 0 && from < range.getTo() && random.nextInt(3) > 0) {
        long to = from + random.nextInt((int) (range.getTo() - from)) + 1;
        parts.output(new OffsetRange(from, to));
        from = to;
      }
      parts.output(new OffsetRange(from, range.getTo()));
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      int claims = 0;
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(name(element) + i);
        Metrics.counter("count", "outputs").inc();
        if (++claims == claimsPerTurn) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(delayMillis));
        }
      }
      return ProcessContinuation.stop();
    }
  }

  /** Counts to infinity, one at a time, with the count as watermark. */
  @DoFn.UnboundedPerElement
  static final class Forever extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return new OffsetRange(range(element).getTo(), Long.MAX_VALUE);
    }

    @NewTracker
    public OffsetRangeTracker tracker(@Restriction OffsetRange range) {
      return new OffsetRangeTracker(range) {
        @Override
        public IsBounded isBounded() {
          return IsBounded.UNBOUNDED;
        }
      };
    }

    @GetInitialWatermarkEstimatorState
    public Instant state() {
      return new Instant(0);
    }

    @NewWatermarkEstimator
    public WatermarkEstimators.Manual estimator(@WatermarkEstimatorState Instant state) {
      return new WatermarkEstimators.Manual(state);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<String> out) {
      long i = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      out.outputWithTimestamp(name(element) + i, new Instant(i));
      estimator.setWatermark(new Instant(i + 1));
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(100));
    }
  }

  /** Like {@link Forever}, and asked to truncate gives two more. */
  @DoFn.UnboundedPerElement
  static final class TwoMore extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @TruncateRestriction
    public TruncateResult<OffsetRange> truncate(@Restriction OffsetRange range) {
      return TruncateResult.of(new OffsetRange(range.getFrom(), range.getFrom() + 2));
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      long i = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      out.output(name(element) + i);
      return ProcessContinuation.resume();
    }
  }

  /** Claims without end and never stops by itself. */
  @DoFn.UnboundedPerElement
  static final class Busy extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker) {
      long i = tracker.currentRestriction().getFrom();
      while (tracker.tryClaim(i)) {
        i++;
      }
    }
  }

  /** Tells what it is asked for, and a callback. */
  @DoFn.BoundedPerElement
  static final class Curious extends DoFn<String, String> {
    private final Journal journal;

    Curious(Journal journal) {
      this.journal = journal;
    }

    @Setup
    public void setup() {
      journal.add("setup");
    }

    @StartBundle
    public void startBundle() {
      journal.add("start");
    }

    @FinishBundle
    public void finishBundle() {
      journal.add("finish");
    }

    @Teardown
    public void teardown() {
      journal.add("teardown");
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element String element, BoundedWindow window) {
      return new OffsetRange(0, window.maxTimestamp().getMillis() < 10 ? 1 : 2);
    }

    @ProcessElement
    public void process(
        ProcessContext context,
        BoundedWindow window,
        RestrictionTracker<OffsetRange, Long> tracker,
        BundleFinalizer finalizer) {
      journal.add("process");
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardMinutes(1)), () -> journal.add("finalized"));
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        context.output(context.element() + i + "@" + window.maxTimestamp().getMillis());
      }
    }
  }

  /** Throws in the method that the element names. */
  @DoFn.BoundedPerElement
  static final class Failing extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      if (element.equals("initial")) {
        throw new IllegalArgumentException("no such file");
      }
      return new OffsetRange(0, 1);
    }

    @SplitRestriction
    public void split(
        @Element String element,
        @Restriction OffsetRange range,
        OutputReceiver<OffsetRange> parts) {
      if (element.equals("split")) {
        throw new IllegalArgumentException("no such file");
      }
      parts.output(range);
    }

    @ProcessElement
    public void process(@Element String element, RestrictionTracker<OffsetRange, Long> tracker) {
      throw new IllegalArgumentException("no such file");
    }
  }

  /** Waits for the test before each output, as one that polls would. */
  @DoFn.UnboundedPerElement
  static final class Blocking extends DoFn<String, String> {
    private final Journal journal;

    Blocking(Journal journal) {
      this.journal = journal;
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return range(element);
    }

    @Teardown
    public void teardown() {
      journal.add("teardown");
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        BundleFinalizer finalizer,
        OutputReceiver<String> out)
        throws InterruptedException {
      long i = tracker.currentRestriction().getFrom();
      journal.add("in " + name(element) + i);
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      journal.gate().await();
      if (element.startsWith("bad")) {
        throw new IllegalArgumentException("no such topic");
      }
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardMinutes(1)),
          () -> journal.add("finalized " + name(element) + i));
      out.output(name(element) + i);
      return ProcessContinuation.resume();
    }
  }

  /**
   * Polls n times and finds something the first time only; a millisecond later it polls again, or a
   * day later if the element's name begins with "slow". Drops what is left when the job is drained.
   */
  @DoFn.UnboundedPerElement
  static final class Polling extends DoFn<String, String> {
    private final Journal journal;

    Polling(Journal journal) {
      this.journal = journal;
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return range(element);
    }

    @TruncateRestriction
    public @Nullable TruncateResult<OffsetRange> truncate(
        @Element String element, @Restriction OffsetRange rest) {
      journal.add("truncate " + name(element) + rest.getFrom());
      return null;
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      long i = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      journal.add("poll " + name(element) + i);
      if (i == 0) {
        out.output(name(element) + i);
      }
      return ProcessContinuation.resume()
          .withResumeDelay(
              element.startsWith("slow") ? Duration.standardDays(1) : Duration.millis(1));
    }
  }

  /** What instances of a function, which are copies, tell the test; and a gate for them. */
  static final class Journal implements Serializable {
    private static final Map<String, Shared> SHARED = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();

    private static final class Shared {
      private final List<String> entries = new CopyOnWriteArrayList<>();
      private final CountDownLatch gate = new CountDownLatch(1);
    }

    private Shared shared() {
      return SHARED.computeIfAbsent(id, any -> new Shared());
    }

    void add(String entry) {
      shared().entries.add(entry);
    }

    List<String> entries() {
      return new ArrayList<>(shared().entries);
    }

    CountDownLatch gate() {
      return shared().gate;
    }
  }
}
