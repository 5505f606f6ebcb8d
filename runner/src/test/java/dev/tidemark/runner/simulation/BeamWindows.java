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

  private static Trigger trigger(Windowing.Trigger trigger) {
    if (trigger instanceof Windowing.EndOfWindow end) {
      return endOfWindow(end);
    } else if (trigger instanceof Windowing.EveryCount every) {
      return Repeatedly.forever(AfterPane.elementCountAtLeast(every.count()));
    } else if (trigger instanceof Windowing.EveryDelay every) {
      return Repeatedly.forever(delay(every.delayMillis()));
    } else if (trigger instanceof Windowing.EveryCountOrDelay every) {
      return Repeatedly.forever(
          AfterFirst.of(AfterPane.elementCountAtLeast(every.count()), delay(every.delayMillis())));
    } else if (trigger instanceof Windowing.EveryCountAndDelay every) {
      return Repeatedly.forever(
          AfterAll.of(AfterPane.elementCountAtLeast(every.count()), delay(every.delayMillis())));
    } else if (trigger instanceof Windowing.EveryCountUntilEnd every) {
      return Repeatedly.forever(
          Repeatedly.forever(AfterPane.elementCountAtLeast(every.count()))
              .orFinally(AfterWatermark.pastEndOfWindow()));
    } else if (trigger instanceof Windowing.FirstThenEvery first) {
      return AfterEach.inOrder(
          AfterPane.elementCountAtLeast(first.first()),
          Repeatedly.forever(AfterPane.elementCountAtLeast(first.then())));
    }
    return DefaultTrigger.of();
  }

  private static Trigger endOfWindow(Windowing.EndOfWindow end) {
    AfterWatermark.FromEndOfWindow plain = AfterWatermark.pastEndOfWindow();
    Trigger.OnceTrigger late = AfterPane.elementCountAtLeast(Math.max(1, end.late()));
    Trigger.OnceTrigger count = AfterPane.elementCountAtLeast(Math.max(1, end.early()));
    if (end.early() > 0 && end.earlyDelayMillis() > 0) {
      return plain
          .withEarlyFirings(AfterFirst.of(count, delay(end.earlyDelayMillis())))
          .withLateFirings(late);
    } else if (end.early() > 0) {
      return plain.withEarlyFirings(count).withLateFirings(late);
    } else if (end.earlyDelayMillis() > 0) {
      return plain.withEarlyFirings(delay(end.earlyDelayMillis())).withLateFirings(late);
    }
    return plain.withLateFirings(late);
  }

  private static AfterProcessingTime delay(long millis) {
    return AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.millis(millis));
  }
}
