package dev.tidemark.runner.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.PipelineTestDriver;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The life of one durable job through any number of processes, each of which may crash: what is
 * committed, and what has happened outside, is all that the next one finds.
 *
 * <p>After each epoch no watermark may have gone back; a process that goes on must find them where
 * they were committed.
 */
final class Recovery implements AutoCloseable {
  private static final int MAX_EPOCHS = 500;

  /** On a machine with much else to do, a reader may not come to its turn for long. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** So few that bounded sources are not read in one epoch. */
  private static final long EPOCH_ELEMENTS = 4;

  private final String run;
  private final StateStore store;
  private final Witness witness;
  private final Random random;
  private final Map<Long, Map<NodeId, Instant>> watermarksAfter = new HashMap<>();
  private long drainInEpoch = Long.MAX_VALUE;
  private Map<String, Integer> readBeforeDrain = Map.of();
  private boolean overlapping;
  private int processes;
  private int freshStarts;

  /**
   * When a process crashes.
   *
   * @param commit in which of its commits, from 0
   * @param afterCommit whether that is there nevertheless
   * @param element at which element that reaches the sink, from 0
   */
  record CrashPoint(long commit, boolean afterCommit, long element) {
    static final CrashPoint NEVER = new CrashPoint(Long.MAX_VALUE, false, Long.MAX_VALUE);

    static CrashPoint beforeCommit(long commit) {
      return new CrashPoint(commit, false, Long.MAX_VALUE);
    }

    static CrashPoint afterCommit(long commit) {
      return new CrashPoint(commit, true, Long.MAX_VALUE);
    }

    static CrashPoint atElement(long element) {
      return new CrashPoint(Long.MAX_VALUE, false, element);
    }
  }

  /** A job whose epochs hold what {@code seed} decides. */
  Recovery(long seed) {
    this(seed, new HeapStateStore(), UUID.randomUUID().toString());
  }

  /**
   * A job that is kept in a store.
   *
   * @param store stays the caller's; the job goes on from what is in it
   * @param run the same for all processes of the job, also those of other JVMs
   */
  Recovery(long seed, StateStore store, String run) {
    this.random = new Random(seed);
    this.store = store;
    this.run = run;
    this.witness = Witness.of(run);
    if (store.manifest().epoch() > 0) {
      witness.missedTheBeginning();
    }
  }

  /** Lets some epochs begin before the one before them is committed, as real ones do. */
  Recovery overlapping() {
    overlapping = true;
    return this;
  }

  /** Has the first process ask for a drain in one of its epochs, from 0. */
  Recovery drainIn(long epoch) {
    drainInEpoch = epoch;
    return this;
  }

  /**
   * Starts a process and lets it run until it has crashed or the job is done.
   *
   * @return whether the job is done
   */
  boolean process(int lanes, CrashPoint crash) throws Exception {
    processes++;
    if (store.manifest().epoch() == 0) {
      freshStarts++;
    }
    // A crash may hide how far an epoch came that an earlier process did not commit.
    watermarksAfter.keySet().removeIf(epoch -> epoch > store.manifest().epoch());
    witness.begins(crash.element());
    CrashingStore seen =
        new CrashingStore(
            witness::committed,
            store,
            crash.commit(),
            crash.afterCommit(),
            CrashingStore.Crash::new);
    PipelineTestDriver driver =
        new PipelineTestDriver(pipeline(lanes), random.nextLong(), EPOCH_ELEMENTS, seen);
    try (driver) {
      Map<NodeId, Instant> before = driver.watermarks();
      assertThat(before)
          .as("watermarks that process %s finds", processes)
          .isEqualTo(watermarksAfter.getOrDefault(store.manifest().epoch(), before));
      for (int epochs = 0; epochs < MAX_EPOCHS; epochs++) {
        letRead();
        if (processes == 1 && epochs == drainInEpoch) {
          readBeforeDrain = witness.read("numbers");
          driver.drain();
        }
        driver.advance(Duration.millis(random.nextInt(2_000)));
        witness.epoch(driver.epoch() + 1, store.manifest().epoch());
        if (overlapping && random.nextBoolean()) {
          driver.runEpochUncommitted();
        } else {
          driver.runEpoch();
        }
        if (driver.ended()) {
          return true;
        }
        Map<NodeId, Instant> after = driver.watermarks();
        for (Map.Entry<NodeId, Instant> node : before.entrySet()) {
          assertThat(after.get(node.getKey()))
              .as("watermark of %s", node.getKey())
              .isGreaterThanOrEqualTo(node.getValue());
        }
        before = after;
        watermarksAfter.put(driver.epoch(), after);
        driver.failIfFailed();
      }
      throw new AssertionError("the job does not end");
    } catch (Exception e) {
      if (!CrashingStore.Crash.isCauseOf(e)) {
        throw e;
      }
      return false;
    }
  }

  private Pipeline pipeline(int lanes) {
    return pipeline(lanes, run);
  }

  /** The pipeline of a run. */
  static Pipeline pipeline(int lanes, String run) {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(lanes);
    options.setStreaming(true);
    Pipeline pipeline = Pipeline.create(options);
    Branches.build(pipeline, run);
    return pipeline;
  }

  /** Opens the gates a little, and waits until what they let through is read. */
  private void letRead() throws InterruptedException {
    for (Gate gate : witness.gates()) {
      gate.grant(random.nextInt(4));
    }
    if (!readBeforeDrain.isEmpty()) {
      return; // nobody reads any more
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (Gate gate : witness.gates()) {
      while (!gate.isReadUp()) {
        assertThat(System.nanoTime()).as("readers do not come on").isLessThan(deadline);
        // Readers are asked by threads of the job, which tell nobody that they have come to an end.
        Thread.sleep(1);
      }
    }
  }

  /** Checks that what was read before the drain has come, and nothing else. */
  void checkDrained() {
    assertThat(witness.complaints()).isEmpty();
    List<String> numbers = new ArrayList<>();
    readBeforeDrain.forEach(
        (split, read) -> {
          int index = Integer.parseInt(split.substring("numbers".length()));
          for (int i = 0; i < read; i++) {
            numbers.add("" + (index + i * GatedSource.SPLITS));
          }
        });
    assertThat(numbers).hasSizeBetween(1, Branches.SIZE - 1);
    for (String branch : List.of("stable", "early", "delayed")) {
      assertThat(witness.results().get(branch))
          .as(branch)
          .containsExactlyInAnyOrderElementsOf(numbers);
    }
    assertThat(witness.results().get("split")).isEqualTo(Branches.answer().get("split"));
  }

  Witness witness() {
    return witness;
  }

  long committedEpochs() {
    return store.manifest().epoch();
  }

  /** Nothing is lost, nothing there twice, and nobody has complained. */
  void check() {
    assertThat(witness.complaints()).isEmpty();
    assertThat(witness.results()).isEqualTo(Branches.answer());
    for (String source : new String[] {"numbers", "side", "twice"}) {
      assertThat(witness.splitCalls(source)).as("splits of %s", source).isEqualTo(freshStarts);
    }
  }

  @Override
  public void close() {
    Witness.forget(run);
  }
}
