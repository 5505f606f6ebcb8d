package dev.tidemark.benchmarks.durability;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.EpochOverlay;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.KeyedNode;
import dev.tidemark.runner.state.LaneState;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.NodeDictionary;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import dev.tidemark.translation.graph.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The state of one lane through one epoch, step by step: its elements read and write the cells of
 * their keys, what changed is sealed, and that is committed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EpochBenchmark {
  private static final NodeId NODE = new NodeId("sums");
  private static final KeyGroups GROUPS = new KeyGroups(128, 1);
  private static final long CACHE_BYTES = 128L << 20;
  private static final long STORE_BYTES = 256L << 20;

  /** Where the state is: OBJECTS, HEAP or DURABLE. */
  @Param({"OBJECTS", "HEAP", "DURABLE"})
  public String store = "OBJECTS";

  /** Over how many keys. */
  @Param("10000")
  public int keys;

  /** How many elements an epoch has. */
  @Param("100000")
  public int elements;

  private final SplittableRandom random = new SplittableRandom(1);
  private @Nullable Path folder;
  private @Nullable StateStore opened;
  private @Nullable LaneState lane;
  private long epoch;

  /** Opens the lane. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    List<KeyedNode> nodes = List.of(new KeyedNode(NODE, encoded -> null));
    if (store.equals("OBJECTS")) {
      lane = LaneState.inMemory(nodes);
      lane.openEpoch(++epoch);
      return;
    }
    StateStore made;
    if (store.equals("DURABLE")) {
      folder = Files.createTempDirectory("tidemark-benchmark");
      made = RocksStateStore.open(folder, STORE_BYTES);
    } else {
      made = new HeapStateStore();
    }
    opened = made;
    NodeDictionary dictionary = NodeDictionary.open(made, List.of(NODE));
    lane = LaneState.open(made, dictionary, GROUPS, 0, nodes, CACHE_BYTES);
    lane.openEpoch(++epoch);
  }

  /** Closes the store and removes what it has written. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    if (opened != null) {
      opened.close();
    }
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** One epoch. */
  @Benchmark
  public void epoch() {
    LaneState state = lane;
    if (state == null) {
      throw new IllegalStateException("not open");
    }
    KeyedCells cells = state.cells(NODE);
    for (int i = 0; i < elements; i++) {
      long key = random.nextLong(keys);
      byte[] encoded = ByteBuffer.allocate(Long.BYTES).putLong(key).array();
      Cells.ValueCell<Long> sum =
          cells.forKey(new Key(encoded, key)).value("/", "sum", VarLongCoder.of());
      Long before = sum.read();
      sum.write(before == null ? 1 : before + 1);
      if (i % 1_000 == 0) {
        state.cleanUp();
      }
    }
    EpochOverlay sealed = state.seal();
    if (opened != null) {
      opened.commit(new EpochCommit(new Manifest(epoch, Map.of()), List.of(sealed.changes())));
      sealed.markCommitted();
    }
    state.openEpoch(++epoch);
  }
}
