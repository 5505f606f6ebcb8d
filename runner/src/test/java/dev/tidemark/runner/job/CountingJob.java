package dev.tidemark.runner.job;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** A program whose job has no end, and fails if a number is missing or comes twice. */
final class CountingJob {
  private static final int KEYS = 16;

  private CountingJob() {}

  public static void main(String[] arguments) {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
    pipeline
        .apply(GenerateSequence.from(0).withRate(200, Duration.millis(10)))
        .apply(
            WithKeys.<Integer, Long>of(number -> (int) (number % KEYS))
                .withKeyType(TypeDescriptors.integers()))
        .apply("Next", ParDo.of(new Next()));
    pipeline.run().waitUntilFinish();
  }

  /** The numbers of each key have to come one after the other; says which are committed. */
  private static final class Next extends DoFn<KV<Integer, Long>, Void> {
    @StateId("last")
    private final StateSpec<ValueState<Long>> lastSpec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("last") ValueState<Long> lastState,
        BundleFinalizer finalizer) {
      Long last = lastState.read();
      long number = element.getValue();
      long expected = last == null ? element.getKey() : last + KEYS;
      if (number != expected) {
        throw new IllegalStateException(number + " came where " + expected + " was to come");
      }
      lastState.write(number);
      if (element.getKey() == 0 && number % (100 * KEYS) == 0) {
        finalizer.afterBundleCommit(
            Instant.now().plus(Duration.standardMinutes(1)), () -> System.out.println(number));
      }
    }
  }
}
