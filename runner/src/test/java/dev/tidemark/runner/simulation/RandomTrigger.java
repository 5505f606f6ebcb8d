package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Makes triggers that never lose data, which are all that Beam accepts. */
final class RandomTrigger {
  private final Random random;

  RandomTrigger(Random random) {
    this.random = random;
  }

  /** A trigger for windows of this allowed lateness. */
  TriggerSpec make(long allowedLatenessMillis) {
    TriggerSpec any = any(2);
    return any.losesNothing(allowedLatenessMillis) ? any : new TriggerSpec.Forever(any);
  }

  private TriggerSpec any(int depth) {
    if (depth == 0) {
      return once(0);
    }
    return switch (random.nextInt(9)) {
      case 0, 1 -> new TriggerSpec.EndOfWindow(maybeOnce(), maybeOnce());
      case 2 -> new TriggerSpec.Each(some(() -> any(depth - 1)));
      case 3 -> new TriggerSpec.Until(any(depth - 1), once(1));
      case 4, 5 -> new TriggerSpec.Forever(any(depth - 1));
      case 6 -> random.nextInt(4) == 0 ? new TriggerSpec.Never() : new TriggerSpec.Default();
      default -> once(2);
    };
  }

  private Optional<TriggerSpec> maybeOnce() {
    return random.nextBoolean() ? Optional.of(once(1)) : Optional.empty();
  }

  /** A trigger that fires at most once. */
  private TriggerSpec once(int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0, 1 -> new TriggerSpec.Count(1 + random.nextInt(4));
      case 2, 3 -> new TriggerSpec.Delay(10L * (1 + random.nextInt(20)) - 5);
      case 4 -> new TriggerSpec.EndOfWindow(Optional.empty(), Optional.empty());
      case 5 -> new TriggerSpec.First(some(() -> once(depth - 1)));
      default -> new TriggerSpec.All(some(() -> once(depth - 1)));
    };
  }

  private interface Maker {
    TriggerSpec make();
  }

  private List<TriggerSpec> some(Maker maker) {
    List<TriggerSpec> some = new ArrayList<>();
    int count = 2 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      some.add(maker.make());
    }
    return List.copyOf(some);
  }
}
