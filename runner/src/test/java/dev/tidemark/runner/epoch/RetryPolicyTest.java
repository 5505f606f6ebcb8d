package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static List<Long> delays(RetryPolicy policy) {
    List<Long> delays = new ArrayList<>();
    for (Long delay = policy.retry(); delay != null; delay = policy.retry()) {
      delays.add(delay);
    }
    return delays;
  }

  @Test
  void delaysGrowToALimit() {
    assertThat(delays(new RetryPolicy(6, 1000, 10_000, 60_000)))
        .containsExactly(1000L, 2000L, 4000L, 8000L, 10_000L, 10_000L);
    assertThat(delays(new RetryPolicy(3, 0, 10_000, 60_000))).containsExactly(0L, 0L, 0L);
    assertThat(delays(new RetryPolicy(2, 1000, 10, 60_000))).containsExactly(10L, 10L);
    assertThat(delays(new RetryPolicy(0, 1000, 10, 60_000))).isEmpty();
  }

  @Test
  void manyFailuresDoNotOverflow() {
    assertThat(delays(new RetryPolicy(200, 1000, 60_000, 60_000))).endsWith(60_000L).hasSize(200);
  }

  @Test
  void aTimeWithoutFailuresMakesUpForThem() {
    RetryPolicy policy = new RetryPolicy(2, 1000, 10_000, 60_000);
    assertThat(delays(policy)).hasSize(2);
    assertThat(policy.ran(59_999)).isFalse();
    assertThat(policy.retry()).isNull();
    assertThat(policy.ran(60_000)).isTrue();
    assertThat(delays(policy)).containsExactly(1000L, 2000L);
  }

  @Test
  void failuresOfElementsUseUpNoRetries() {
    RetryPolicy policy = new RetryPolicy(1, 1000, 10_000, 60_000);
    assertThat(policy.delay()).isEqualTo(1000);
    assertThat(policy.delay()).isEqualTo(2000);
    assertThat(policy.left()).isEqualTo(1);
    policy.relieved();
    assertThat(policy.retry()).isEqualTo(1000);
    assertThat(policy.retry()).isNull();
  }
}
