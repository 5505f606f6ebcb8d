package dev.tidemark.runner.stage.fused;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Timestamps;
import org.junit.jupiter.api.Test;

class UndrainedWatermarksTest {

  @Test
  void withoutADrainTheyAreTheWatermarks() {
    UndrainedWatermarks source = new UndrainedWatermarks(true);
    source.advanceOutput(false, 5, 5);
    assertThat(source.output()).isEqualTo(5);
    source.advanceOutput(false, Timestamps.MAX, Timestamps.MAX);
    assertThat(source.output()).isEqualTo(Timestamps.MAX);
  }

  @Test
  void aSourceThatEndsWhileTheJobDrainsStaysWhereItWas() {
    UndrainedWatermarks source = new UndrainedWatermarks(true);
    source.advanceOutput(false, 5, 5);
    source.advanceOutput(true, 7, 7);
    assertThat(source.output()).as("what it had read by then").isEqualTo(7);
    source.advanceOutput(true, Timestamps.MAX, Timestamps.MAX);
    source.advanceOutput(true, Timestamps.MAX, Timestamps.MAX);
    assertThat(source.output()).isEqualTo(7);
  }

  @Test
  void aSourceThatHadEndedBeforeTheDrainHasEndedByItself() {
    UndrainedWatermarks source = new UndrainedWatermarks(true);
    source.advanceOutput(false, Timestamps.MAX, Timestamps.MAX);
    source.advanceOutput(true, Timestamps.MAX, Timestamps.MAX);
    assertThat(source.output()).isEqualTo(Timestamps.MAX);
  }

  @Test
  void aNodeIsDrivenAsSoonAsItsInputIs() {
    UndrainedWatermarks node = new UndrainedWatermarks(false);
    node.advanceInput(7);
    node.advanceOutput(true, 7, 6);
    assertThat(node.output()).isEqualTo(6);
    node.advanceInput(7);
    node.advanceOutput(true, 100, 50);
    node.advanceOutput(true, Timestamps.MAX, Timestamps.MAX);
    assertThat(node.output()).isEqualTo(6);
    assertThat(node.input()).isEqualTo(7);
  }
}
