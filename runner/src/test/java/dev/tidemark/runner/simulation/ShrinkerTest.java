package dev.tidemark.runner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
  /** As if an oracle were wrong about elements of key 3 in windows that accumulate. */
  private static boolean fails(PipelineSpec spec) {
    return spec.windowing().accumulating()
        && spec.timeline().elements().stream().anyMatch(each -> each.content().key() == 3);
  }

  @Test
  void whatIsLeftIsWhatFails() {
    PipelineSpec big =
        LongStream.range(0, 1000)
            .mapToObj(RandomPipeline::of)
            .filter(spec -> fails(spec) && spec.second().isPresent() && spec.after().size() > 1)
            .findFirst()
            .orElseThrow();

    PipelineSpec small = Shrinker.shrink(big, ShrinkerTest::fails, 10_000);

    assertThat(fails(small)).isTrue();
    assertThat(small.timeline().elements()).hasSize(1);
    assertThat(small.before()).isEmpty();
    assertThat(small.after()).isEmpty();
    assertThat(small.second()).isEmpty();
    assertThat(small.aggregation()).isEqualTo(new Aggregation.Group());
    assertThat(small.windowing().allowedLatenessMillis()).isZero();
    assertThat(small.windowing().trigger().parts()).isEmpty();
    assertThat(PipelineText.of(small))
        .contains("accumulating")
        .contains("3=")
        .contains("--seed=" + big.seed());
  }

  @Test
  void itTriesNoMoreThanItMay() {
    PipelineSpec spec = RandomPipeline.of(1);
    int[] tries = {0};

    PipelineSpec small =
        Shrinker.shrink(
            spec,
            each -> {
              tries[0]++;
              return true;
            },
            3);

    assertThat(tries[0]).isEqualTo(3);
    assertThat(small).isNotEqualTo(spec);
  }
}
