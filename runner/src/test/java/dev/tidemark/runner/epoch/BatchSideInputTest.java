package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Functions with state in a batch job whose side input takes its time. */
class BatchSideInputTest {
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  /** Emits 0, and 1 an hour later. */
  @DoFn.BoundedPerElement
  private static final class Hourly extends DoFn<String, Long> {
    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, 2);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output) {
      long at = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(at)) {
        return ProcessContinuation.stop();
      }
      output.output(at);
      return ProcessContinuation.resume().withResumeDelay(Duration.standardHours(1));
    }
  }

  /** Numbers the elements of a key, and tells how much of the side input it sees. */
  private static final class Look extends DoFn<KV<String, String>, Void> {
    private final PCollectionView<List<Long>> view;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    Look(PCollectionView<List<Long>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context, @StateId("count") ValueState<Integer> count) {
      Integer before = count.read();
      count.write(before == null ? 1 : before + 1);
      SEEN.add(
          context.element().getKey() + count.read() + " sees " + context.sideInput(view).size());
    }
  }

  @Test
  void keysWaitUntilItIsComplete() throws Exception {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    Pipeline pipeline = Pipeline.create(options);
    PCollectionView<List<Long>> view =
        pipeline.apply(Create.of("x")).apply(ParDo.of(new Hourly())).apply(View.asList());
    pipeline
        .apply("Main", Create.of(KV.of("a", "1"), KV.of("b", "2"), KV.of("a", "3")))
        .apply(ParDo.of(new Look(view)).withSideInputs(view));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      driver.runUntilQuiet();
      assertThat(SEEN).isEmpty();
      driver.advance(Duration.standardHours(1)).runUntilQuiet();
      driver.advance(Duration.standardHours(1)).runUntilQuiet();
      assertThat(SEEN).containsExactlyInAnyOrder("a1 sees 2", "a2 sees 2", "b1 sees 2");
      assertThat(driver.ended()).isTrue();
    }
  }
}
