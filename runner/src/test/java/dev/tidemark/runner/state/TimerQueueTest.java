package dev.tidemark.runner.state;

import static org.apache.beam.sdk.state.TimeDomain.EVENT_TIME;
import static org.apache.beam.sdk.state.TimeDomain.PROCESSING_TIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.state.TimeDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
  private static final NodeId NODE = new NodeId("Expire");

  private final LaneState lane = LaneState.inMemory(List.of(new KeyedNode(NODE, encoded -> null)));
  private final TimerService timers = lane.timers(NODE);

  @Test
  void firesByTimeThenKeyThenName() {
    timers.set(timer("b", "1", 10, 10));
    timers.set(timer("a", "2", 10, 10));
    timers.set(timer("a", "1", 10, 10));
    timers.set(timer("z", "1", 9, 9));
    timers.set(timer("a", "3", 11, 11));
    assertThat(due(10)).containsExactly("z1", "a1", "a2", "b1");
    assertThat(timers.nextTimestamp(EVENT_TIME)).isEqualTo(11);
    assertThat(timers.nextTimestamp(PROCESSING_TIME)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void takesInWhatIsSetWhileTimersOfThatTimeFire() {
    timers.set(timer("a", "1", 10, 10));
    timers.set(timer("c", "1", 10, 10));
    timers.set(timer("d", "1", 10, 10));
    assertThat(name(timers.pollDue(EVENT_TIME, 10))).isEqualTo("a1");
    timers.set(timer("b", "1", 10, 10));
    timers.delete(LaneGroup.key("c"), "/", "", "1", EVENT_TIME);
    timers.set(timer("e", "1", 9, 9));
    assertThat(due(10)).containsExactly("e1", "b1", "d1");
  }

  @Test
  void settingAgainReplaces() {
    timers.set(timer("a", "1", 10, 3));
    timers.set(timer("a", "1", 20, 5));
    assertThat(timers.minOutputTimestamp()).isEqualTo(5);
    assertThat(due(15)).isEmpty();
    timers.set(timer("a", "1", 20, 6));
    assertThat(timers.minOutputTimestamp()).isEqualTo(6);
    assertThat(due(20)).containsExactly("a1");
    assertThat(timers.minOutputTimestamp()).isEqualTo(Timestamps.MAX);
  }

  @Test
  void deletingWhatIsNotSetDoesNothing() {
    timers.delete(LaneGroup.key("a"), "/", "", "1", EVENT_TIME);
    timers.set(timer("a", "1", 10, 10));
    timers.delete(LaneGroup.key("a"), "/", "", "2", EVENT_TIME);
    timers.delete(LaneGroup.key("a"), "/", "", "1", PROCESSING_TIME);
    assertThat(due(10)).containsExactly("a1");
  }

  /** Each element moves its key's timer: what was replaced must not pile up. */
  @Test
  void aTimerThatMovesLeavesNothingBehind() {
    timers.set(timer("other", "1", 1_000_000, 0));
    for (int i = 0; i < 300_000; i++) {
      timers.set(timer("a", "1", i % 2 == 0 ? 1_000_000 : 2_000_000, i));
    }
    assertThat(timers.minOutputTimestamp()).isZero();
    assertThat(due(1_000_000)).containsExactly("other1");
    assertThat(due(2_000_000)).containsExactly("a1");
  }

  private List<String> due(long upTo) {
    List<String> names = new ArrayList<>();
    for (TimerRecord timer = timers.pollDue(EVENT_TIME, upTo);
        timer != null;
        timer = timers.pollDue(EVENT_TIME, upTo)) {
      names.add(name(timer));
    }
    return names;
  }

  private static String name(@Nullable TimerRecord timer) {
    return timer == null ? "none" : timer.key().decoded() + timer.id();
  }

  private static TimerRecord timer(String key, String id, long timestamp, long output) {
    TimeDomain domain = EVENT_TIME;
    return new TimerRecord(LaneGroup.key(key), "/", "", id, domain, timestamp, output);
  }
}
