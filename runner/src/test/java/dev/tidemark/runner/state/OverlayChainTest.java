package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OverlayChainTest {

  @Property(tries = 500)
  void readsLikeOneMap(@ForAll long seed, @ForAll @IntRange(min = 1, max = 150) int steps) {
    Random random = new Random(seed);
    HeapStateStore store = new HeapStateStore();
    OverlayChain chain = new OverlayChain(store);
    TreeMap<Bytes, Bytes> model = new TreeMap<>();
    Deque<EpochOverlay> sealed = new ArrayDeque<>();
    long epoch = 1;
    chain.open(epoch);
    for (int step = 0; step < steps; step++) {
      Bytes key = key(random);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          Bytes value = Bytes.of(new byte[] {(byte) step});
          chain.put(key, value);
          model.put(key, value);
        }
        case 3 -> {
          chain.delete(key);
          model.remove(key);
        }
        case 4 -> {
          chain.deletePrefix(key);
          model.keySet().removeIf(other -> other.startsWith(key));
        }
        case 5 -> {
          sealed.add(chain.seal());
          chain.open(++epoch);
        }
        case 6 -> {
          EpochOverlay oldest = sealed.poll();
          if (oldest != null) {
            store.commit(commit(oldest));
            oldest.markCommitted();
          }
        }
        default -> {
          assertThat(chain.get(key)).isEqualTo(model.get(key));
          assertThat(list(chain.scan(key)))
              .isEqualTo(
                  model.entrySet().stream()
                      .filter(entry -> entry.getKey().startsWith(key))
                      .map(entry -> new StateEntry(entry.getKey(), entry.getValue()))
                      .toList());
          Bytes to = key(random);
          assertThat(list(chain.scan(key, to)))
              .isEqualTo(
                  model.entrySet().stream()
                      .filter(entry -> entry.getKey().compareTo(key) >= 0)
                      .filter(entry -> entry.getKey().compareTo(to) < 0)
                      .map(entry -> new StateEntry(entry.getKey(), entry.getValue()))
                      .toList());
        }
      }
    }
    sealed.add(chain.seal());
    sealed.forEach(overlay -> store.commit(commit(overlay)));
    assertThat(list(store.scan(Bytes.EMPTY)))
        .isEqualTo(
            model.entrySet().stream()
                .map(entry -> new StateEntry(entry.getKey(), entry.getValue()))
                .toList());
  }

  @Test
  void acceptsChangesOnlyInAnOpenEpoch() {
    OverlayChain chain = new OverlayChain(new HeapStateStore());
    assertThatThrownBy(() -> chain.put(Bytes.EMPTY, Bytes.EMPTY))
        .isInstanceOf(IllegalStateException.class);
    chain.open(1);
    assertThatThrownBy(() -> chain.open(2)).isInstanceOf(IllegalStateException.class);
    EpochOverlay sealed = chain.seal();
    assertThatThrownBy(() -> chain.delete(Bytes.EMPTY)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> chain.open(1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(sealed.changes().isEmpty()).isTrue();
  }

  @Test
  void theStoreRefusesAnEarlierEpoch() {
    HeapStateStore store = new HeapStateStore();
    store.commit(new EpochCommit(new Manifest(3, Map.of("mark", Bytes.EMPTY)), List.of()));
    assertThatThrownBy(() -> store.commit(new EpochCommit(Manifest.EMPTY, List.of())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store.manifest().epoch()).isEqualTo(3);
    assertThat(store.manifest().entries()).containsOnlyKeys("mark");
  }

  /** Short keys of two letters, so that many begin with others. */
  private static Bytes key(Random random) {
    byte[] key = new byte[random.nextInt(4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = random.nextBoolean() ? 0 : (byte) 0xff;
    }
    return Bytes.of(key);
  }

  private static EpochCommit commit(EpochOverlay overlay) {
    return new EpochCommit(new Manifest(overlay.epoch(), Map.of()), List.of(overlay.changes()));
  }

  private static List<StateEntry> list(StateScan scan) {
    List<StateEntry> entries = new ArrayList<>();
    try (scan) {
      scan.forEachRemaining(entries::add);
    }
    return entries;
  }
}
