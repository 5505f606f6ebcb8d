package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stable input with a test stream: an event waits until all of the one before is delivered. */
@Timeout(60)
class StableInputTest {
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();

  /** Lets commits take until the driver waits for them. */
  private static final class Pass extends DoFn<String, String> {
    @ProcessElement
    public void process(
        @Element String element, OutputReceiver<String> output, BundleFinalizer finalizer) {
      SEEN.add("came " + element);
      output.output(element);
      finalizer.afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, Pass::awaitDriver);
    }

    private static void awaitDriver() {
      while (Thread.getAllStackTraces().entrySet().stream()
          .filter(thread -> thread.getKey().getName().startsWith("tidemark-driver"))
          .flatMap(thread -> Arrays.stream(thread.getValue()))
          .noneMatch(frame -> frame.getClassName().endsWith(".Committer"))) {
        Thread.onSpinWait();
      }
    }
  }

  private static final class Stable extends DoFn<String, Void> {
    @RequiresStableInput
    @ProcessElement
    public void process(@Element String element) {
      SEEN.add("committed " + element);
    }
  }

  @Test
  void theNextEventWaitsForTheDelivery() {
    SEEN.clear();
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setRunner(TestTidemarkRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            TestStream.create(StringUtf8Coder.of())
                .addElements("a")
                .addElements("b")
                .advanceWatermarkToInfinity())
        .apply(ParDo.of(new Pass()))
        .apply("Stable", ParDo.of(new Stable()));
    pipeline.run();
    assertThat(SEEN).containsExactly("came a", "committed a", "came b", "committed b");
  }
}
