package dev.tidemark.runner.stage.sdf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DueTasksTest {
  private final ManualClock clock = new ManualClock(1_000);
  private final DueTasks tasks = new DueTasks(clock::millis);

  private static ItemTask task(long dueMillis, ItemTask.Phase phase) {
    Handover handover = new Handover(new Key(new byte[] {1}, null), any -> {});
    return new ItemTask(new byte[0], dueMillis, phase, (view, window) -> null, handover);
  }

  private static ItemTask task(long dueMillis) {
    return task(dueMillis, ItemTask.Phase.UNDRAINED);
  }

  @Test
  void tasksComeWhenTheyAreDueAndThenInTheOrderInWhichTheyCame() throws Exception {
    ItemTask later = task(1_200);
    ItemTask first = task(1_100);
    ItemTask second = task(1_100);
    ItemTask due = task(1_000);
    tasks.add(later);
    tasks.add(first);
    tasks.add(second);
    tasks.add(due);
    assertThat(tasks.take()).isSameAs(due);
    clock.advance(500);
    assertThat(tasks.take()).isSameAs(first);
    assertThat(tasks.take()).isSameAs(second);
    assertThat(tasks.take()).isSameAs(later);
  }

  @Test
  void aRecallMakesDueWhatWaitsAndWhatComesLater() throws Exception {
    ItemTask before = task(Long.MAX_VALUE);
    ItemTask after = task(Long.MAX_VALUE);
    tasks.add(before);
    tasks.recall();
    tasks.add(after);
    assertThat(tasks.take()).isSameAs(before);
    assertThat(tasks.take()).isSameAs(after);
  }

  @Test
  void aRecallLeavesItsTimeToWhatWasTruncated() throws Exception {
    ItemTask truncated = task(1_100, ItemTask.Phase.TRUNCATED);
    ItemTask recalled = task(1_200);
    tasks.add(truncated);
    tasks.add(recalled);
    tasks.recall();
    assertThat(tasks.take()).isSameAs(recalled);
    clock.advance(100);
    assertThat(tasks.take()).isSameAs(truncated);
  }
}
