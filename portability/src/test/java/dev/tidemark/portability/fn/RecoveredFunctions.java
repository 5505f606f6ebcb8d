package dev.tidemark.portability.fn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** The functions of a job that crashes and goes on; its harness is in the JVM of the test. */
final class RecoveredFunctions {
  static final int KEYS = 5;
  static final long STEP_MILLIS = 10;

  /** What the sink has got, by what it is about; the same again is no harm. */
  static final Map<String, String> RESULTS = new ConcurrentHashMap<>();

  /** What came a second time with other content. */
  static final ConcurrentLinkedQueue<String> CHANGED = new ConcurrentLinkedQueue<>();

  /** How many more times the sink fails. */
  static final AtomicInteger FAILURES = new AtomicInteger();

  private RecoveredFunctions() {}

  static void forget() {
    RESULTS.clear();
    CHANGED.clear();
    FAILURES.set(0);
  }

  /** The numbers of a range, a few at a time. */
  @DoFn.UnboundedPerElement
  static final class Numbers extends DoFn<byte[], KV<String, Long>> {
    private static final long serialVersionUID = 1;
    private static final int AT_A_TIME = 7;
    private final long count;

    Numbers(long count) {
      this.count = count;
    }

    @GetInitialRestriction
    public OffsetRange all() {
      return new OffsetRange(0, count);
    }

    @GetInitialWatermarkEstimatorState
    public Instant start() {
      return new Instant(0);
    }

    @NewWatermarkEstimator
    public ManualWatermarkEstimator<Instant> estimator(@WatermarkEstimatorState Instant at) {
      return new WatermarkEstimators.Manual(at);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> watermark,
        OutputReceiver<KV<String, Long>> out) {
      long from = tracker.currentRestriction().getFrom();
      for (long number = from; number < from + AT_A_TIME; number++) {
        if (!tracker.tryClaim(number)) {
          return ProcessContinuation.stop();
        }
        Instant time = new Instant(number * STEP_MILLIS);
        out.outputWithTimestamp(KV.of("key" + number % KEYS, number), time);
        watermark.setWatermark(time);
      }
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(1));
    }
  }

  /** Tells at the end of each window what was in it, and once of each window that time passes. */
  static final class Tally extends DoFn<KV<String, Long>, KV<String, String>> {
    private static final long serialVersionUID = 1;

    @StateId("values")
    private final StateSpec<BagState<Long>> valuesSpec = StateSpecs.bag();

    @StateId("sum")
    private final StateSpec<CombiningState<Long, long[], Long>> sumSpec =
        StateSpecs.combining(Sum.ofLongs());

    @StateId("seen")
    private final StateSpec<MapState<Long, Boolean>> seenSpec = StateSpecs.map();

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("later")
    private final TimerSpec laterSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        BoundedWindow window,
        @StateId("values") BagState<Long> values,
        @StateId("sum") CombiningState<Long, long[], Long> sum,
        @StateId("seen") MapState<Long, Boolean> seen,
        @TimerId("end") Timer end,
        @TimerId("later") Timer later) {
      if (sum.isEmpty().read()) {
        later.offset(Duration.millis(2)).setRelative();
      }
      values.add(element.getValue());
      sum.add(element.getValue());
      seen.put(element.getValue(), true);
      end.set(window.maxTimestamp());
    }

    @OnTimer("later")
    public void later(
        @Key String key, BoundedWindow window, OutputReceiver<KV<String, String>> out) {
      out.output(KV.of(key, id("time", window) + "=passed"));
    }

    @OnTimer("end")
    public void end(
        @Key String key,
        BoundedWindow window,
        @StateId("values") BagState<Long> values,
        @StateId("sum") CombiningState<Long, long[], Long> sum,
        @StateId("seen") MapState<Long, Boolean> seen,
        OutputReceiver<KV<String, String>> out) {
      List<Long> all = new ArrayList<>();
      values.read().forEach(all::add);
      List<Long> keys = new ArrayList<>();
      seen.keys().read().forEach(keys::add);
      out.output(
          KV.of(
              key,
              id("window", window)
                  + "="
                  + all.stream().sorted().toList()
                  + " "
                  + keys.size()
                  + " "
                  + sum.read()));
    }
  }

  static String id(String kind, BoundedWindow window) {
    return kind + " " + window.maxTimestamp().getMillis();
  }

  /** Waits for the count of all numbers, which is known at the end. */
  static final class WithTotal extends DoFn<KV<String, String>, KV<String, String>> {
    private static final long serialVersionUID = 1;
    private final PCollectionView<Long> total;

    WithTotal(PCollectionView<Long> total) {
      this.total = total;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<String, String> line = context.element();
      context.output(KV.of(line.getKey(), line.getValue() + " of " + context.sideInput(total)));
    }
  }

  /** Shows what comes behind the commit. */
  static final class Show extends DoFn<KV<String, String>, Void> {
    private static final long serialVersionUID = 1;

    @RequiresStableInput
    @ProcessElement
    public void process(@Element KV<String, String> line) {
      if (FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IllegalStateException("the sink is not there");
      }
      String[] parts = line.getValue().split("=", 2);
      String id = line.getKey() + " " + parts[0];
      String before = RESULTS.put(id, parts[1]);
      if (before != null && !before.equals(parts[1])) {
        CHANGED.add(id + ": " + before + ", then " + parts[1]);
      }
    }
  }
}
