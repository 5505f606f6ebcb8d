package dev.tidemark.runner.state.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** The store on disk is like the one in memory, whatever is committed and whenever it is opened. */
class RocksStateStorePropertyTest {
  private static final long MEMORY = 1 << 20;

  @Property(tries = 40)
  void isLikeTheStoreInMemory(@ForAll long seed, @ForAll @IntRange(min = 1, max = 80) int steps)
      throws IOException {
    Random random = new Random(seed);
    Path folder = Files.createTempDirectory("tidemark-rocks");
    HeapStateStore model = new HeapStateStore();
    RocksStateStore store = RocksStateStore.open(folder, MEMORY);
    try {
      long epoch = 0;
      for (int step = 0; step < steps; step++) {
        switch (random.nextInt(10)) {
          case 0 -> {
            store.close();
            store = RocksStateStore.open(folder, MEMORY);
          }
          case 1, 2, 3, 4, 5 -> {
            epoch += random.nextInt(3);
            EpochCommit commit = commit(epoch, random);
            model.commit(commit);
            store.commit(commit);
          }
          case 6, 7 -> {
            Bytes key = key(random);
            assertThat(store.get(key)).isEqualTo(model.get(key));
            List<Bytes> keys =
                Stream.generate(() -> key(random)).limit(random.nextInt(40)).toList();
            assertThat(store.getAll(keys)).isEqualTo(model.getAll(keys));
          }
          default -> {
            Bytes from = key(random);
            assertThat(Commits.list(store.scan(from))).isEqualTo(Commits.list(model.scan(from)));
            Bytes to = key(random);
            assertThat(Commits.list(store.scan(from, to)))
                .isEqualTo(Commits.list(model.scan(from, to)));
          }
        }
        assertThat(store.manifest()).isEqualTo(model.manifest());
      }
      assertThat(Commits.all(store)).isEqualTo(Commits.all(model));
    } finally {
      store.close();
      Folders.delete(folder);
    }
  }

  /** Of some lanes, which share no keys: the first byte says which lane's it is. */
  private static EpochCommit commit(long epoch, Random random) {
    List<StateChanges> lanes = new ArrayList<>();
    for (int lane = 0; lane < random.nextInt(4); lane++) {
      TreeSet<Bytes> prefixes = new TreeSet<>();
      for (int i = 0; i < random.nextInt(3); i++) {
        Bytes prefix = ofLane(lane, key(random));
        if (prefixes.stream().noneMatch(p -> p.startsWith(prefix) || prefix.startsWith(p))) {
          prefixes.add(prefix);
        }
      }
      TreeMap<Bytes, @Nullable Bytes> entries = new TreeMap<>();
      for (int i = 0; i < random.nextInt(8); i++) {
        entries.put(ofLane(lane, key(random)), random.nextInt(4) == 0 ? null : value(random));
      }
      lanes.add(new StateChanges(prefixes, entries));
    }
    Map<String, Bytes> about = new HashMap<>();
    for (int i = 0; i < random.nextInt(3); i++) {
      about.put("mark " + random.nextInt(4), value(random));
    }
    return new EpochCommit(new Manifest(epoch, about), lanes);
  }

  /** The last lane's begin with ff, behind which no key can be. */
  private static Bytes ofLane(int lane, Bytes key) {
    return Bytes.of(new byte[] {(byte) (lane == 2 ? 0xff : lane)}).concat(key);
  }

  /** Short keys of three letters, so that many begin with others. */
  private static Bytes key(Random random) {
    byte[] key = new byte[random.nextInt(4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = new byte[] {0, 1, (byte) 0xff}[random.nextInt(3)];
    }
    return Bytes.of(key);
  }

  private static Bytes value(Random random) {
    byte[] value = new byte[random.nextInt(20) == 0 ? 50_000 : random.nextInt(10)];
    random.nextBytes(value);
    return Bytes.of(value);
  }
}
