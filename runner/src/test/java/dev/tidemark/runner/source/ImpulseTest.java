package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;

class ImpulseTest {
  @Test
  void oneLaneEmitsOneEmptyArrayAndAllReachTheEndOfTime() throws Exception {
    Sources sources =
        new Sources(new TestStreamController(new ManualClock(TestStreamController.CLOCK_START)));
    List<SourceLane> lanes = sources.create(new SourceBench().context(new Operation.Impulse(), 2));

    assertThat(lanes.get(0).ready()).isTrue();
    List<WindowedValue<?>> emitted = SourceBench.emit(lanes.get(0), SourceBench.elements(1));

    assertThat(emitted).hasSize(1);
    assertThat((byte[]) emitted.get(0).getValue()).isEmpty();
    assertThat(emitted.get(0).getTimestamp()).isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
    assertThat(lanes).allMatch(lane -> lane.watermark() == Timestamps.MAX);
    assertThat(lanes).noneMatch(SourceLane::ready);
    assertThat(SourceBench.emit(lanes.get(1), SourceBench.unlimited())).isEmpty();
  }
}
