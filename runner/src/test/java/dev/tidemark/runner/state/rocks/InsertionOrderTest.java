package dev.tidemark.runner.state.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.Bytes;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class InsertionOrderTest {
  @Property(tries = 200)
  void eachKeyComesOnce(@ForAll long seed) {
    Random random = new Random(seed);
    Set<Bytes> keys = new HashSet<>();
    for (int i = random.nextInt(50); i > 0; i--) {
      byte[] key = new byte[random.nextInt(12)];
      random.nextBytes(key);
      keys.add(Bytes.of(key));
    }
    assertThat(InsertionOrder.of(keys)).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void keysOfOneNodeComeInOrderOfGroupAndKey() {
    Set<Bytes> keys = new HashSet<>();
    for (int group = 0; group < 128; group++) {
      for (int key = 0; key < 100; key++) {
        keys.add(Bytes.of(new byte[] {'v', 0, 0, 0, 3, 0, (byte) group, (byte) (key * 2), 1}));
      }
    }
    Bytes[] sorted = keys.toArray(Bytes[]::new);
    Arrays.sort(sorted);
    assertThat(InsertionOrder.of(keys)).containsExactly(sorted);
  }
}
