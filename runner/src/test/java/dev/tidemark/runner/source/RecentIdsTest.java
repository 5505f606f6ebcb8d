package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
  private final ManualClock clock = new ManualClock(1_000);

  @Test
  void remembersForTenMinutesAfterTheLastSight() {
    RecentIds ids = new RecentIds(clock);

    assertThat(ids.isFirst(id("a"))).isTrue();
    clock.advance(RecentIds.KEEP_MILLIS - 1);
    assertThat(ids.isFirst(id("a"))).isFalse();
    clock.advance(RecentIds.KEEP_MILLIS - 1);
    assertThat(ids.isFirst(id("a"))).isFalse();
    clock.advance(RecentIds.KEEP_MILLIS);
    assertThat(ids.isFirst(id("a"))).isTrue();
  }

  @Test
  void forgetsTheOldestWhenThereAreTooMany() {
    RecentIds ids = new RecentIds(clock, 2);

    ids.isFirst(id("a"));
    ids.isFirst(id("b"));
    ids.isFirst(id("c"));
    ids.isFirst(id("d"));

    assertThat(ids.isFirst(id("d"))).isFalse();
    assertThat(ids.isFirst(id("a"))).isTrue();
  }

  @Test
  void doesNotKeepTheCallersArray() {
    RecentIds ids = new RecentIds(clock);
    byte[] reused = id("a");
    ids.isFirst(reused);
    reused[0] = 'b';

    assertThat(ids.isFirst(reused)).isTrue();
    assertThat(ids.isFirst(id("a"))).isFalse();
  }

  private static byte[] id(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
