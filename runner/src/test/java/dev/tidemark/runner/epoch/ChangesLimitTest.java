package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChangesLimitTest {
  private static final long LIMIT = 1_000_000;

  private final ChangesLimit limit = new ChangesLimit(LIMIT);

  private void epochs(int count, double bytesPerElement) {
    for (int i = 0; i < count; i++) {
      limit.note(limit.elements(), (long) (bytesPerElement * limit.elements()));
    }
  }

  @Test
  void elementsThatChangeLittleAreNotLimitedForLong() {
    epochs(10, 0.001);
    assertThat(limit.elements()).isGreaterThan(10_000_000);
    epochs(1_000, 0);
    assertThat(limit.elements()).isPositive();
  }

  @Test
  void theNextEpochKeepsToTheLimit() {
    epochs(10, 0.1);
    epochs(1, 1_000);
    assertThat(limit.elements()).isEqualTo(LIMIT / 1_000);
  }

  @Test
  void whatWasDearIsForgottenAfterAWhile() {
    epochs(1, 1_000);
    epochs(1, 1);
    assertThat(limit.elements()).isLessThan(2 * LIMIT / 1_000);
    epochs(60, 1);
    assertThat(limit.elements()).isGreaterThan(LIMIT / 2);
  }

  @Test
  void someElementsAreAlwaysTaken() {
    epochs(10, 10 * LIMIT);
    assertThat(limit.elements()).isPositive();
  }

  @Test
  void anEpochWithoutElementsTellsNothing() {
    long before = limit.elements();
    limit.note(0, 100 * LIMIT);
    assertThat(limit.elements()).isEqualTo(before);
  }
}
