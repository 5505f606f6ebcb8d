package dev.tidemark.runner.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ManualClockTest {

  @Test
  void movesOnlyWhenToldAndOnlyForward() {
    ManualClock clock = new ManualClock(100);
    assertThat(clock.millis()).isEqualTo(100);
    assertThat(clock.advance(20)).isEqualTo(120);
    assertThat(clock.advanceTo(50)).isEqualTo(120);
    assertThat(clock.advanceTo(130)).isEqualTo(130);
    assertThatThrownBy(() -> clock.advance(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(clock.millis()).isEqualTo(130);
  }

  @Test
  void stopsAtTheEndOfTime() {
    ManualClock clock = new ManualClock(100);
    assertThat(clock.advance(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(clock.millis()).isEqualTo(Long.MAX_VALUE);
  }
}
