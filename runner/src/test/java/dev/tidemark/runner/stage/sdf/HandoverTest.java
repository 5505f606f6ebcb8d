package dev.tidemark.runner.stage.sdf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Key;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class HandoverTest {
  private final List<Handover> arrived = new ArrayList<>();
  private final Handover handover = new Handover(new Key(new byte[] {1}, null), arrived::add);
  private long rests;

  private ItemSlice slice(Duration delay, String... outputs) {
    List<ItemSlice.Emitted<?>> emitted = new ArrayList<>();
    for (String output : outputs) {
      emitted.add(
          new ItemSlice.Emitted<>(
              new TupleTag<>("main"), WindowedValues.valueInGlobalWindow(output)));
    }
    WorkItem rest = WorkItem.of(WindowedValues.valueInGlobalWindow(rests++));
    return new ItemSlice(emitted, List.of(), new ItemRunner.Rest(rest, delay), true);
  }

  private static List<Object> outputs(ItemSlice slice) {
    List<Object> values = new ArrayList<>();
    slice.emitted().forEach(emitted -> values.add(emitted.value().getValue()));
    return values;
  }

  private static Object rest(ItemSlice slice) {
    ItemRunner.Rest rest = slice.rest();
    return rest == null ? "none" : rest.item().input().getValue();
  }

  @Test
  void withTwoSlicesUntakenTheItemIsGivenBack() {
    assertThat(handover.put(slice(Duration.millis(1), "a"))).isTrue();
    assertThat(handover.put(slice(Duration.millis(1), "b"))).isFalse();
    assertThat(arrived).hasSize(2);
    assertThat(handover.take().continues()).isTrue();
    assertThat(handover.take().continues()).isFalse();
  }

  @Test
  void aSliceThatIsTakenMakesRoom() {
    handover.put(slice(Duration.millis(1), "a"));
    handover.take();
    assertThat(handover.put(slice(Duration.millis(1), "b"))).isTrue();
  }

  @Test
  void callsThatFoundNothingJoinWhatWaits() {
    for (int i = 0; i < 100; i++) {
      assertThat(handover.put(slice(Duration.millis(1)))).isTrue();
    }
    assertThat(handover.put(slice(Duration.millis(1), "a"))).isTrue();
    assertThat(handover.put(slice(Duration.millis(1)))).isTrue();
    assertThat(arrived).hasSize(1);
    ItemSlice all = handover.take();
    assertThat(outputs(all)).containsExactly("a");
    assertThat(rest(all)).isEqualTo(101L);
    assertThat(all.continues()).isTrue();
  }

  @Test
  void whoWaitsForNothingIsSlowedDownThoughItFindsNothing() {
    assertThat(handover.put(slice(Duration.ZERO))).isTrue();
    assertThat(handover.put(slice(Duration.ZERO))).isFalse();
  }

  @Test
  void theEndComesWithWhatWasFoundBefore() {
    handover.put(slice(Duration.millis(1)));
    assertThat(
            handover.put(
                new ItemSlice(slice(Duration.ZERO, "a").emitted(), List.of(), null, false)))
        .isFalse();
    assertThat(arrived).hasSize(1);
    ItemSlice end = handover.take();
    assertThat(outputs(end)).containsExactly("a");
    assertThat(end.rest()).isNull();
    assertThat(end.continues()).isFalse();
  }
}
