package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.ForwardingStore;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateEntry;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Epochs of a job that wait for a commit leave together what they leave one by one. */
@Timeout(60)
class GroupedCommitsTest {
  private static final int ELEMENTS = 9;

  /** A cell that each element of a key writes anew, and one that is emptied now and then. */
  private static final class Keep extends DoFn<KV<String, Integer>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @StateId("some")
    private final StateSpec<BagState<Integer>> someSpec = StateSpecs.bag(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("count") ValueState<Integer> count,
        @StateId("some") BagState<Integer> some) {
      Integer before = count.read();
      count.write(before == null ? 1 : before + 1);
      if (element.getValue() % 3 == 0) {
        some.clear();
      }
      some.add(element.getValue());
    }
  }

  /** Holds the first commit of an epoch back until it is let go on. */
  private static final class HeldStore extends ForwardingStore {
    private final List<Long> epochs = new ArrayList<>();
    private final CountDownLatch began = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    HeldStore() {
      super(new HeapStateStore());
    }

    @Override
    public void commit(EpochCommit commit) {
      if (commit.manifest().epoch() > 0) {
        began.countDown();
        await(goOn);
        epochs.add(commit.manifest().epoch());
      }
      super.commit(commit);
    }

    @Override
    public void close() {}

    List<StateEntry> entries() {
      List<StateEntry> entries = new ArrayList<>();
      try (StateScan scan = scan(Bytes.EMPTY)) {
        scan.forEachRemaining(entries::add);
      }
      return entries;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PipelineTestDriver open(StateStore store) throws Exception {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(true);
    List<KV<String, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < ELEMENTS; i++) {
      elements.add(KV.of(i % 2 == 0 ? "even" : "odd", i));
    }
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Create.of(elements)).apply("Keep", ParDo.of(new Keep()));
    return new PipelineTestDriver(pipeline, 1, 1, store);
  }

  @Test
  void theStoreHasTheSameWhetherTheyWaitedOrNot() throws Exception {
    HeldStore oneByOne = new HeldStore();
    oneByOne.goOn.countDown();
    try (PipelineTestDriver driver = open(oneByOne)) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        assertThat(driver.runEpoch()).isFalse();
      }
      HeldStore held = new HeldStore();
      try (PipelineTestDriver other = open(held)) {
        other.runEpochUncommitted();
        await(held.began);
        other.runEpochUncommitted();
        other.runEpochUncommitted();
        held.goOn.countDown();
        other.awaitCommits();
        other.failIfFailed();
        assertThat(held.epochs).containsExactly(1L, 3L);
        assertThat(held.entries()).hasSizeGreaterThan(4).isEqualTo(oneByOne.entries());
        other.runUntilQuiet();
      }
      driver.runUntilQuiet();
      assertThat(oneByOne.epochs).startsWith(1L, 2L, 3L);
      assertThat(held.entries()).isEqualTo(oneByOne.entries());
    }
  }
}
