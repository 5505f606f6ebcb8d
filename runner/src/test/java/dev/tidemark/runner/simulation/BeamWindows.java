package dev.tidemark.runner.simulation;

import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;

/** Makes Beam's windows and triggers of descriptions. */
final class BeamWindows {
  private BeamWindows() {}

  static Window<KV<Integer, Integer>> of(Windowing windowing) {
    Window<KV<Integer, Integer>> window =
        Window.<KV<Integer, Integer>>into(windowFn(windowing.shape()))
            .triggering(trigger(windowing.trigger()))
            .withAllowedLateness(
                Duration.millis(windowing.allowedLatenessMillis()),
                windowing.alwaysFireOnClose()
                    ? ClosingBehavior.FIRE_ALWAYS
                    : ClosingBehavior.FIRE_IF_NON_EMPTY)
            .withTimestampCombiner(
                switch (windowing.outputTime()) {
                  case EARLIEST -> TimestampCombiner.EARLIEST;
                  case LATEST -> TimestampCombiner.LATEST;
                  case END_OF_WINDOW -> TimestampCombiner.END_OF_WINDOW;
                });
    return windowing.accumulating()
        ? window.accumulatingFiredPanes()
        : window.discardingFiredPanes();
  }

  /** Fixed windows that fire once and take nothing late. */
  static Window<KV<Integer, Integer>> onceEach(long sizeMillis) {
    return Window.<KV<Integer, Integer>>into(FixedWindows.of(Duration.millis(sizeMillis)))
        .triggering(DefaultTrigger.of())
        .withAllowedLateness(Duration.ZERO)
        .discardingFiredPanes();
  }

  private static WindowFn<Object, ? extends BoundedWindow> windowFn(Windowing.Shape shape) {
    if (shape instanceof Windowing.Fixed fixed) {
      return FixedWindows.of(Duration.millis(fixed.sizeMillis()))
          .withOffset(Duration.millis(fixed.offsetMillis()));
    } else if (shape instanceof Windowing.Sliding sliding) {
      return SlidingWindows.of(Duration.millis(sliding.sizeMillis()))
          .every(Duration.millis(sliding.periodMillis()));
    } else if (shape instanceof Windowing.Sessions sessions) {
      return Sessions.withGapDuration(Duration.millis(sessions.gapMillis()));
    }
    return new GlobalWindows();
  }

  private static Trigger trigger(TriggerSpec spec) {
    if (spec instanceof TriggerSpec.Never) {
      return Never.ever();
    } else if (spec instanceof TriggerSpec.Count count) {
      return AfterPane.elementCountAtLeast(count.elements());
    } else if (spec instanceof TriggerSpec.Delay delay) {
      return AfterProcessingTime.pastFirstElementInPane()
          .plusDelayOf(Duration.millis(delay.millis()));
    } else if (spec instanceof TriggerSpec.EndOfWindow end) {
      return endOfWindow(end);
    } else if (spec instanceof TriggerSpec.Each each) {
      return AfterEach.inOrder(each.parts().stream().map(BeamWindows::trigger).toList());
    } else if (spec instanceof TriggerSpec.First first) {
      return AfterFirst.of(first.parts().stream().map(BeamWindows::trigger).toList());
    } else if (spec instanceof TriggerSpec.All all) {
      return AfterAll.of(all.parts().stream().map(BeamWindows::trigger).toList());
    } else if (spec instanceof TriggerSpec.Forever forever) {
      return Repeatedly.forever(trigger(forever.repeated()));
    } else if (spec instanceof TriggerSpec.Until until) {
      return trigger(until.actual()).orFinally(once(until.last()));
    }
    return DefaultTrigger.of();
  }

  private static Trigger.OnceTrigger once(TriggerSpec spec) {
    return (Trigger.OnceTrigger) trigger(spec);
  }

  private static Trigger endOfWindow(TriggerSpec.EndOfWindow end) {
    AfterWatermark.FromEndOfWindow plain = AfterWatermark.pastEndOfWindow();
    if (end.early().isPresent()) {
      AfterWatermark.AfterWatermarkEarlyAndLate early =
          plain.withEarlyFirings(once(end.early().get()));
      return end.late().isPresent() ? early.withLateFirings(once(end.late().get())) : early;
    }
    return end.late().isPresent() ? plain.withLateFirings(once(end.late().get())) : plain;
  }
}
