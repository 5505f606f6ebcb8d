package dev.tidemark.runner.stage.sideinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.SideInputContents;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** A side input of which each pane is a part of its window. */
class PartialPanesTest {
  private static final BoundedWindow WINDOW =
      new IntervalWindow(Instant.ofEpochMilli(0), Duration.millis(10));

  private final PCollectionView<Iterable<Integer>> view =
      Pipeline.create().apply(Create.of(1)).apply(View.asIterable());
  private final SideInputTable table =
      new SideInputTable(
          WindowingStrategy.of(FixedWindows.of(Duration.millis(10)))
              .withTrigger(
                  AfterWatermark.pastEndOfWindow()
                      .withEarlyFirings(AfterPane.elementCountAtLeast(1))),
          VarIntCoder.of(),
          ShownPanes.ALL);

  private void publish(Integer... elements) {
    table.publish(WINDOW, SideInputContents.of(List.of(elements)));
  }

  @Test
  void theyAreReadyWhenTheWatermarkHasPassedTheWindow() {
    publish(1);
    table.advanceWatermark(WINDOW.maxTimestamp().getMillis());
    assertThat(table.isReady(WINDOW)).isFalse();
    publish(2);
    table.advanceWatermark(WINDOW.maxTimestamp().getMillis() + 1);
    assertThat(table.isReady(WINDOW)).isTrue();
    assertThat(table.get(view, WINDOW)).containsExactly(1, 2);
    assertThat(table.replacements()).isZero();
  }

  @Test
  void aLateOneFollows() {
    publish(1, 2);
    Iterable<Integer> onTime = table.get(view, WINDOW);
    publish(3);
    assertThat(table.get(view, WINDOW)).containsExactly(1, 2, 3);
    assertThat(onTime).containsExactly(1, 2);
    assertThat(table.replacements()).isEqualTo(1);
  }
}
