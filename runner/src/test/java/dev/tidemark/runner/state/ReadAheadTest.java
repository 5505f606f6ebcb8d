package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.PageBuilder;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cells that are read together are what they are one by one. */
class ReadAheadTest {
  private static final NodeId NODE = new NodeId("Sum");
  private static final KeyGroups GROUPS = new KeyGroups(16, 1);
  private static final List<KeyedNode> NODES = List.of(new KeyedNode(NODE, encoded -> null));

  /** Counts how it is asked. */
  private static final class CountingStore implements StateStore {
    private final HeapStateStore store = new HeapStateStore();
    private int asked;
    private int keys;
    private int most;

    @Override
    public @Nullable Bytes get(Bytes key) {
      note(1);
      return store.get(key);
    }

    @Override
    public List<@Nullable Bytes> getAll(List<Bytes> all) {
      note(all.size());
      return store.getAll(all);
    }

    private void note(int together) {
      asked++;
      keys += together;
      most = Math.max(most, together);
    }

    @Override
    public StateScan scan(Bytes prefix) {
      return store.scan(prefix);
    }

    @Override
    public StateScan scan(Bytes from, Bytes to) {
      return store.scan(from, to);
    }

    @Override
    public void commit(EpochCommit commit) {
      store.commit(commit);
    }

    @Override
    public Manifest manifest() {
      return store.manifest();
    }

    @Override
    public void close() {}
  }

  private final CountingStore store = new CountingStore();

  private LaneState open(long cacheBytes) {
    NodeDictionary dictionary = NodeDictionary.open(store, List.of(NODE));
    return LaneState.open(store, dictionary, GROUPS, 0, NODES, cacheBytes);
  }

  private void commit(EpochOverlay sealed) {
    store.commit(
        new EpochCommit(new Manifest(sealed.epoch(), Map.of()), List.of(sealed.changes())));
    sealed.markCommitted();
  }

  private static Key key(int number) {
    return new Key(("key " + number).getBytes(UTF_8), number);
  }

  private static RecordBatch page(List<Key> keys) {
    List<RecordBatch> pages = new ArrayList<>();
    PageBuilder builder = new PageBuilder(pages::add);
    for (Key key : keys) {
      builder.output().write(key.encoded(), 0, key.encoded().length);
      builder.endKey();
      builder.endElement(0, key.keyHash(), new byte[0]);
    }
    builder.cut();
    return pages.get(0);
  }

  private static Cells.ValueCell<String> value(LaneState lane, Key key, int window) {
    return lane.cells(NODE).forKey(key).value("/" + window, "sum", StringUtf8Coder.of());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatIsReadTogetherIsWhatIsReadOneByOne(long seed) {
    Random random = new Random(seed);
    LaneState lane = open(random.nextBoolean() ? 0 : 3_000);
    Map<String, String> model = new HashMap<>();
    Deque<EpochOverlay> sealed = new ArrayDeque<>();
    for (int epoch = 1; epoch <= 60; epoch++) {
      lane.openEpoch(epoch);
      for (int pages = random.nextInt(4); pages > 0; pages--) {
        List<Key> keys =
            random.ints(random.nextInt(60), 0, 80).mapToObj(ReadAheadTest::key).toList();
        if (random.nextInt(4) > 0 && !keys.isEmpty()) {
          lane.expect(NODE, page(keys));
        }
        for (Key key : keys) {
          int window = random.nextInt(8) == 0 ? 1 : 0;
          String name = key.decoded() + "/" + window;
          Cells.ValueCell<String> cell = value(lane, key, window);
          switch (random.nextInt(5)) {
            case 0 -> {
              cell.clear();
              model.remove(name);
            }
            case 1 -> {
              cell.write("e" + epoch);
              model.put(name, "e" + epoch);
            }
            case 2 -> {
              String next = cell.read() + "+";
              assertThat(next).isEqualTo(model.get(name) + "+");
              cell.write(next.substring(Math.max(0, next.length() - 20)));
              model.put(name, next.substring(Math.max(0, next.length() - 20)));
            }
            default -> assertThat(cell.read()).as(name).isEqualTo(model.get(name));
          }
          if (random.nextInt(10) == 0) {
            lane.cleanUp();
          }
          if (random.nextInt(20) == 0 && !sealed.isEmpty()) {
            commit(sealed.removeFirst());
          }
        }
        lane.cleanUp();
        lane.expect(NODE, null);
      }
      sealed.add(lane.seal());
      while (sealed.size() > 3) {
        commit(sealed.removeFirst());
      }
    }
    assertThat(store.most).isGreaterThan(8);
  }

  @Test
  void keysOfAPageAreReadTogether() {
    List<Key> keys = written(4_000, "");
    LaneState lane = open(Long.MAX_VALUE);
    lane.openEpoch(2);
    int before = store.asked;
    readPage(lane, keys);
    // 1, 2, 4, ..., 1024 and the rest
    assertThat(store.asked - before).isEqualTo(13);
  }

  @Test
  void howManyDependsOnHowLargeTheyAre() {
    List<Key> keys = written(400, "x".repeat(100_000));
    LaneState lane = open(Long.MAX_VALUE);
    lane.openEpoch(2);
    readPage(lane, keys);
    assertThat(store.most).isBetween(8, 16);
  }

  @Test
  void keysThatNobodyAsksForAreSoonNotRead() {
    List<Key> keys = written(4_000, "");
    LaneState lane = open(Long.MAX_VALUE);
    lane.openEpoch(2);
    int before = store.keys;
    lane.expect(NODE, page(keys));
    for (int i = 0; i < keys.size(); i += 50) {
      value(lane, keys.get(i), 0).read();
    }
    assertThat(store.keys - before).isLessThan(80 * 4);
  }

  /** Numbers of keys that the store has. */
  private List<Key> written(int count, String text) {
    List<Key> keys = IntStream.range(0, count).mapToObj(ReadAheadTest::key).toList();
    LaneState lane = open(Long.MAX_VALUE);
    lane.openEpoch(1);
    keys.forEach(key -> value(lane, key, 0).write(text + key.decoded()));
    commit(lane.seal());
    return keys;
  }

  private static void readPage(LaneState lane, List<Key> keys) {
    lane.expect(NODE, page(keys));
    for (Key key : keys) {
      assertThat(value(lane, key, 0).read()).endsWith("" + key.decoded());
    }
  }
}
