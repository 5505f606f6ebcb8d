package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class EmitBudgetTest {
  private static int take(EmitBudget budget) {
    int taken = 1;
    while (budget.spendOne()) {
      taken++;
    }
    assertThat(budget.spent()).isTrue();
    return taken;
  }

  @Test
  void endsWithTheElements() {
    assertThat(take(new EmitBudget(10, Long.MAX_VALUE))).isEqualTo(10);
  }

  @Test
  void endsWhenThereIsNoPlaceForMore() {
    AtomicBoolean full = new AtomicBoolean();
    EmitBudget budget = new EmitBudget(Long.MAX_VALUE, Long.MAX_VALUE, full::get);
    for (int i = 0; i < 1_000; i++) {
      assertThat(budget.spendOne()).isTrue();
    }
    full.set(true);
    assertThat(take(budget)).isBetween(1, EmitBudget.LOOK_EVERY);
    assertThat(budget.spent()).isTrue();
  }

  @Test
  void letsSomeThroughWhereOthersFillAllSpace() {
    EmitBudget budget = new EmitBudget(Long.MAX_VALUE, Long.MAX_VALUE, () -> true);
    assertThat(budget.spent()).isFalse();
    assertThat(take(budget)).isEqualTo(EmitBudget.LEAST_ELEMENTS);
  }
}
