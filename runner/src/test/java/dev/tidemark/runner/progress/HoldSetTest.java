package dev.tidemark.runner.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HoldSetTest {

  /** Even numbers add a hold, odd ones remove one of those that are there. */
  @Property
  void behavesAsSortedList(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 1000) Integer> steps) {
    HoldSet holds = new HoldSet();
    List<Long> model = new ArrayList<>();
    for (int step : steps) {
      if (step % 2 == 0 || model.isEmpty()) {
        long time = step % 14 - 7;
        holds.add(time);
        model.add(time);
      } else {
        long time = model.remove(step % model.size());
        holds.remove(time);
      }
      assertThat(holds.size()).isEqualTo(model.size());
      assertThat(holds.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(holds.min())
          .isEqualTo(model.isEmpty() ? HoldSet.NONE : Collections.min(model).longValue());
    }
  }

  @Test
  void countsEqualHolds() {
    HoldSet holds = new HoldSet();
    holds.add(5);
    holds.add(5);
    holds.remove(5);
    assertThat(holds.min()).isEqualTo(5);
    holds.remove(5);
    assertThat(holds.min()).isEqualTo(HoldSet.NONE);
  }

  @Test
  void movesHolds() {
    HoldSet holds = new HoldSet();
    holds.add(Long.MIN_VALUE);
    holds.add(7);
    holds.move(Long.MIN_VALUE, 9);
    assertThat(holds.min()).isEqualTo(7);
    holds.clear();
    assertThat(holds.isEmpty()).isTrue();
    assertThat(holds.min()).isEqualTo(HoldSet.NONE);
  }

  @Test
  void refusesToRemoveWhatIsNotThere() {
    HoldSet holds = new HoldSet();
    holds.add(3);
    assertThatThrownBy(() -> holds.remove(4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("4");
    assertThat(holds.size()).isEqualTo(1);
  }
}
