package dev.tidemark.runner.stage.pardo;

import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Emits in all the ways that there are, as its elements say. */
abstract class ScriptedOutputs extends DoFn<String, String> {
  private static final long serialVersionUID = 1L;

  /** All that an element may say. */
  static final List<String> ACTIONS =
      List.of(
          "nothing",
          "output",
          "twice",
          "tag",
          "row of tags",
          "later",
          "earlier",
          "tag later",
          "windowed",
          "windowed earlier",
          "builder",
          "builder in window",
          "no windows",
          "null windows",
          "null",
          "unknown",
          "unknown unused",
          "checked",
          "unchecked",
          "error",
          "context",
          "context tag",
          "context later",
          "context earlier",
          "context windowed",
          "context unknown",
          "context null windows",
          "timestamp",
          "pane",
          "count");

  static final IntervalWindow OTHER_WINDOW =
      new IntervalWindow(Instant.ofEpochMilli(100), Duration.millis(10));

  private final long skewMillis;
  private transient @Nullable String last;

  ScriptedOutputs(long skewMillis) {
    this.skewMillis = skewMillis;
  }

  @Override
  @Deprecated
  public Duration getAllowedTimestampSkew() {
    return Duration.millis(skewMillis);
  }

  @StartBundle
  public void start() {
    last = null;
  }

  /** Does what {@code action} says. */
  @SuppressWarnings("NullAway") // nulls are what is tried
  final void act(
      String action,
      Instant timestamp,
      PaneInfo pane,
      ProcessContext context,
      OutputReceiver<String> out,
      MultiOutputReceiver outputs)
      throws IOException {
    last = action;
    Instant later = timestamp.plus(Duration.millis(2));
    Instant earlier = timestamp.minus(Duration.millis(2));
    TupleTag<String> side = FunctionDifferenceTest.SIDE;
    TupleTag<String> unknown = new TupleTag<>("unknown");
    List<IntervalWindow> other = List.of(OTHER_WINDOW);
    switch (action) {
      case "output" -> out.output(action);
      case "twice" -> {
        out.output(action);
        context.output(action);
      }
      case "tag" -> outputs.get(side).output(action);
      case "row of tags" -> {
        outputs.get(FunctionDifferenceTest.MAIN).output(action);
        outputs.get(new TupleTag<String>("side")).output(action);
      }
      case "later" -> out.outputWithTimestamp(action, later);
      case "earlier" -> out.outputWithTimestamp(action, earlier);
      case "tag later" -> outputs.get(side).outputWithTimestamp(action, later);
      case "windowed" -> out.outputWindowedValue(action, later, other, PaneInfo.NO_FIRING);
      case "windowed earlier" ->
          out.outputWindowedValue(action, earlier, other, PaneInfo.ON_TIME_AND_ONLY_FIRING);
      case "builder" -> out.builder(action).output();
      case "builder in window" ->
          out.builder("").setValue(action).setWindow(OTHER_WINDOW).setTimestamp(later).output();
      case "no windows" ->
          out.outputWindowedValue(action, timestamp, List.of(), PaneInfo.NO_FIRING);
      case "null windows" -> out.outputWindowedValue(action, timestamp, null, PaneInfo.NO_FIRING);
      case "null" -> out.output(null);
      case "unknown" -> outputs.get(unknown).output(action);
      case "unknown unused" -> outputs.get(unknown);
      case "checked" -> throw new IOException(action);
      case "unchecked" -> throw new IllegalStateException(action);
      case "error" -> throw new StackOverflowError(action);
      case "context" -> context.output(context.element());
      case "context tag" -> context.output(side, action);
      case "context later" -> context.outputWithTimestamp(action, later);
      case "context earlier" -> context.outputWithTimestamp(side, action, earlier);
      case "context windowed" ->
          context.outputWindowedValue(side, action, later, other, PaneInfo.NO_FIRING);
      case "context unknown" -> context.output(unknown, action);
      case "context null windows" ->
          context.outputWindowedValue(action, timestamp, null, PaneInfo.NO_FIRING);
      case "timestamp" -> context.output(context.timestamp() + " " + timestamp);
      case "pane" -> context.output(context.pane() + " " + pane);
      case "count" -> Metrics.counter("scripted", "count").inc();
      default -> {}
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    if (last != null) {
      // Of no bundle is known which elements are in it, but of the last one.
      context.output("finished", OTHER_WINDOW.maxTimestamp(), OTHER_WINDOW);
      context.output(FunctionDifferenceTest.SIDE, last, OTHER_WINDOW.maxTimestamp(), OTHER_WINDOW);
    }
  }

  /** Observes no windows. */
  static final class OverWindows extends ScriptedOutputs {
    private static final long serialVersionUID = 1L;

    OverWindows(long skewMillis) {
      super(skewMillis);
    }

    @ProcessElement
    public void process(
        @Element String action,
        @Timestamp Instant timestamp,
        PaneInfo pane,
        ProcessContext context,
        OutputReceiver<String> out,
        MultiOutputReceiver outputs)
        throws IOException {
      act(action, timestamp, pane, context, out, outputs);
    }
  }

  /** Does it for each window. */
  static final class ByWindow extends ScriptedOutputs {
    private static final long serialVersionUID = 1L;

    ByWindow(long skewMillis) {
      super(skewMillis);
    }

    @ProcessElement
    public void process(
        @Element String action,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        PaneInfo pane,
        ProcessContext context,
        OutputReceiver<String> out,
        MultiOutputReceiver outputs)
        throws IOException {
      out.output("in " + window);
      act(action, timestamp, pane, context, out, outputs);
    }
  }
}
