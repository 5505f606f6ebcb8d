package dev.tidemark.runner.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NodeWatermarksTest {

  /** One epoch of a node: what its upstreams say and what waits. */
  record Step(long upstream, long pending, long hold, long residual) {}

  @Property
  void areTheGreatestMinimaSoFar(
      @ForAll @Size(max = 40) List<@LongRange(min = 0, max = 1_000_000) Long> seeds) {
    NodeWatermarks watermarks = new NodeWatermarks(-5);
    List<Long> inputs = new ArrayList<>(List.of(-5L));
    List<Long> outputs = new ArrayList<>(List.of(-5L));
    for (long seed : seeds) {
      Step step = new Step(seed % 30, seed / 30 % 30, seed / 900 % 30, seed / 27_000 % 30);
      inputs.add(Math.min(step.upstream, step.pending));
      long input = inputs.stream().mapToLong(Long::longValue).max().getAsLong();
      assertThat(watermarks.advanceInput(step.upstream, step.pending)).isEqualTo(input);
      outputs.add(Math.min(input, Math.min(step.hold, step.residual)));
      long output = outputs.stream().mapToLong(Long::longValue).max().getAsLong();
      assertThat(watermarks.advanceOutput(step.hold, step.residual)).isEqualTo(output);
      assertThat(watermarks.output()).isEqualTo(output).isLessThanOrEqualTo(watermarks.input());
    }
  }

  /** The example of the package's documentation. */
  @Test
  void holdsKeepTheOutputBack() {
    Frontier upstream = new Frontier(2, 0);
    HoldSet holds = new HoldSet();
    NodeWatermarks node = new NodeWatermarks(0);
    upstream.update(0, 50);
    upstream.update(1, 40);
    holds.add(30);
    assertThat(node.advanceInput(upstream.min(), HoldSet.NONE)).isEqualTo(40);
    assertThat(node.advanceOutput(holds.min(), HoldSet.NONE)).isEqualTo(30);
    holds.remove(30);
    assertThat(node.advanceOutput(holds.min(), HoldSet.NONE)).isEqualTo(40);
  }

  @Test
  void aLateHoldDoesNotMoveTheOutputBack() {
    NodeWatermarks node = new NodeWatermarks(0);
    node.advanceInput(100, HoldSet.NONE);
    node.advanceOutput(HoldSet.NONE, HoldSet.NONE);
    assertThat(node.advanceOutput(20, HoldSet.NONE)).isEqualTo(100);
  }

  @Test
  void refusesAnOutputAheadOfTheInput() {
    assertThatThrownBy(() -> new NodeWatermarks(1, 2)).isInstanceOf(IllegalArgumentException.class);
  }
}
