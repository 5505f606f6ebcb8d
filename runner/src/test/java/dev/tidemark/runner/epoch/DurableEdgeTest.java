package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A function that requires stable input sees what is committed. */
@Timeout(60)
class DurableEdgeTest {
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();
  private static volatile CountDownLatch commits = new CountDownLatch(1);

  @BeforeEach
  void forget() {
    SEEN.clear();
    commits = new CountDownLatch(1);
  }

  private static Pipeline pipeline(boolean streaming) {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(streaming);
    return Pipeline.create(options);
  }

  /** Keeps the thread that commits, once this element's epoch is written, until a test lets go. */
  private static final class SlowCommit extends DoFn<String, String> {
    @ProcessElement
    public void process(
        @Element String element, OutputReceiver<String> output, BundleFinalizer finalizer) {
      output.output(element);
      finalizer.afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, () -> commits.await());
    }
  }

  private static final class Stable extends DoFn<String, String> {
    @RequiresStableInput
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> output) {
      SEEN.add("stable " + element);
      output.output(element);
    }
  }

  private static final class See extends DoFn<String, Void> {
    @ProcessElement
    public void process(@Element String element) {
      SEEN.add("after " + element);
    }
  }

  @Test
  void itIsDeliveredAfterTheCommitAndNotJustInALaterEpoch() throws Exception {
    Pipeline pipeline = pipeline(true);
    pipeline
        .apply(Create.of("a"))
        .apply(ParDo.of(new SlowCommit()))
        .apply("Stable", ParDo.of(new Stable()))
        .apply(ParDo.of(new See()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      driver.runEpochUncommitted();
      driver.runEpochUncommitted();
      assertThat(SEEN).isEmpty();
      assertThat(driver.ended()).isFalse();
      commits.countDown();
      driver.awaitCommits();
      driver.runUntilQuiet();
      assertThat(SEEN).containsExactly("stable a", "after a");
      assertThat(driver.ended()).isTrue();
    }
  }

  @Test
  void aBatchJobKeepsTheOrderToo() throws Exception {
    Pipeline pipeline = pipeline(false);
    pipeline
        .apply(Create.of("a", "b", "c"))
        .apply("Stable", ParDo.of(new Stable()))
        .apply(ParDo.of(new See()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      driver.runEpoch();
      assertThat(SEEN).isEmpty();
      driver.runUntilQuiet();
      assertThat(SEEN).hasSize(6);
      assertThat(driver.ended()).isTrue();
    }
  }

  /** Tells the state that it keeps by key. */
  private static final class StableByKey extends DoFn<KV<String, Integer>, KV<String, Integer>> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("sum") ValueState<Integer> sum,
        OutputReceiver<KV<String, Integer>> output) {
      Integer before = sum.read();
      int now = (before == null ? 0 : before) + element.getValue();
      sum.write(now);
      output.output(KV.of(element.getKey(), now));
    }
  }

  /** Takes pairs, but not by key. */
  private static final class StablePairs extends DoFn<KV<String, Integer>, Void> {
    @RequiresStableInput
    @ProcessElement
    public void process(@Element KV<String, Integer> element) {
      SEEN.add(element.getKey() + element.getValue());
    }
  }

  @Test
  void durableEdgesFollowOneAnotherByKeyAndNot() throws Exception {
    Pipeline pipeline = pipeline(true);
    pipeline
        .apply(Create.of(KV.of("a", 1), KV.of("b", 10), KV.of("a", 1), KV.of("a", 1)))
        .apply("ByKey", ParDo.of(new StableByKey()))
        .apply("Pairs", ParDo.of(new StablePairs()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 7)) {
      driver.runEpoch();
      driver.runEpoch();
      assertThat(SEEN).as("two commits lie before them").isEmpty();
      driver.runUntilQuiet();
      assertThat(SEEN).containsExactlyInAnyOrder("a1", "a2", "a3", "b10");
      assertThat(driver.ended()).isTrue();
    }
  }

  @Test
  void nothingRunsAfterACommitThatFailed() throws Exception {
    List<String> called = new CopyOnWriteArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    try (Committer committer =
        new Committer(
            "test",
            DurableEdgeTest.class.getClassLoader(),
            new ManualClock(0),
            epochs -> {
              throw new IllegalStateException("the disk is full");
            },
            failures::add)) {
      committer.submit(
          new SealedEpoch(
              new SealedState(1, List.of(), List.of()),
              List.of(() -> called.add("mark")),
              List.of(
                  new SealedEpoch.BundleFinalizer(
                      BoundedWindow.TIMESTAMP_MAX_VALUE, () -> called.add("callback"))),
              () -> called.add("metrics")));
      committer.awaitIdle();
    }
    assertThat(failures).hasSize(1);
    assertThat(called).isEmpty();
  }
}
