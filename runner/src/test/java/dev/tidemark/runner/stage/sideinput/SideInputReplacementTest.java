package dev.tidemark.runner.stage.sideinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.SideInputContents;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** When what somebody has read of a side input is not what it shows any more. */
class SideInputReplacementTest {
  private static final BoundedWindow FIRST = window(0);
  private static final BoundedWindow SECOND = window(10);

  private final PCollectionView<Iterable<Integer>> view =
      Pipeline.create().apply(Create.of(1)).apply(View.asIterable());
  private final SideInputTable table =
      new SideInputTable(
          WindowingStrategy.of(FixedWindows.of(Duration.millis(10))),
          VarIntCoder.of(),
          ShownPanes.LATEST);

  private static BoundedWindow window(long start) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(10));
  }

  private void publish(BoundedWindow window, Integer... elements) {
    table.publish(window, SideInputContents.of(List.of(elements)));
  }

  @Test
  void aWindowThatComesToThoseThatWereReadReplacesNothing() {
    publish(FIRST, 1);
    assertThat(table.get(view, FIRST)).containsExactly(1);
    publish(SECOND, 2);
    assertThat(table.replacements()).isZero();
  }

  @Test
  void aPaneThatNobodyHasReadMayBeReplacedUnseen() {
    publish(FIRST, 1);
    publish(FIRST, 1, 2);
    assertThat(table.replacements()).isZero();
  }

  @Test
  void aPaneThatWasReadIsReplaced() {
    publish(FIRST, 1);
    assertThat(table.get(view, FIRST)).containsExactly(1);
    publish(FIRST, 1, 2);
    assertThat(table.replacements()).isEqualTo(1);
  }

  @Test
  void soIsAWindowThatWasReadEmpty() {
    assertThat(table.get(view, FIRST)).isEmpty();
    publish(FIRST, 1);
    assertThat(table.replacements()).isEqualTo(1);
  }
}
