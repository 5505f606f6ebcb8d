package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that are put together come to what they come to one after the other. */
class StateChangesTest {
  private static final int ROUNDS = 2_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void togetherTheyDoWhatTheyDoInTurn(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      StateChanges before = changes(random, 0);
      StateChanges one = changes(random, 1);
      StateChanges other = changes(random, 2);
      assertThat(after(List.of(before, one.followedBy(other))))
          .as("%s, then %s and %s", before, one, other)
          .isEqualTo(after(List.of(before, one, other)));
    }
  }

  private static List<StateEntry> after(List<StateChanges> all) {
    try (HeapStateStore store = new HeapStateStore()) {
      for (int epoch = 0; epoch < all.size(); epoch++) {
        store.commit(new EpochCommit(new Manifest(epoch + 1, Map.of()), List.of(all.get(epoch))));
      }
      List<StateEntry> entries = new ArrayList<>();
      try (StateScan scan = store.scan(Bytes.EMPTY)) {
        scan.forEachRemaining(entries::add);
      }
      return entries;
    }
  }

  private static StateChanges changes(Random random, int epoch) {
    EpochOverlay overlay = new EpochOverlay(epoch);
    for (int change = random.nextInt(6); change > 0; change--) {
      Bytes key = key(random);
      switch (random.nextInt(4)) {
        case 0 -> overlay.delete(key);
        case 1 -> overlay.deletePrefix(key);
        default -> overlay.put(key, Bytes.of(("" + epoch + change).getBytes(UTF_8)));
      }
    }
    overlay.seal();
    return overlay.changes();
  }

  /** Short and of two letters, so that many begin with others. */
  private static Bytes key(Random random) {
    StringBuilder key = new StringBuilder();
    for (int length = 1 + random.nextInt(4); length > 0; length--) {
      key.append(random.nextBoolean() ? 'a' : 'b');
    }
    return Bytes.of(key.toString().getBytes(UTF_8));
  }
}
