package dev.tidemark.runner.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrontierTest {

  @Property
  void isTheMinimumOfMonotonicInputs(
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll @Size(max = 50) List<@IntRange(min = 0, max = 999) Integer> updates) {
    Frontier frontier = new Frontier(inputs, 10);
    long[] model = new long[inputs];
    Arrays.fill(model, 10);
    for (int update : updates) {
      int input = update % inputs;
      long watermark = update / inputs % 40;
      long before = Arrays.stream(model).min().getAsLong();
      model[input] = Math.max(model[input], watermark);
      long after = Arrays.stream(model).min().getAsLong();
      assertThat(frontier.update(input, watermark)).isEqualTo(after != before);
      assertThat(frontier.min()).isEqualTo(after);
      assertThat(frontier.get(input)).isEqualTo(model[input]);
    }
  }

  @Test
  void withoutInputsNothingHoldsBack() {
    assertThat(new Frontier(0, 10).min()).isEqualTo(HoldSet.NONE);
  }
}
