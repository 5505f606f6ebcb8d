package dev.tidemark.portability.fn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.bundle.HarnessProcessors;
import dev.tidemark.portability.bundle.HarnessSettings;
import dev.tidemark.portability.bundle.MetricsInHand;
import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.StageGraph;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Jobs whose functions run in a Java harness, which crash in the midst of it and go on from what is
 * committed: residuals, state of several kinds, timers of both domains, elements that wait for a
 * side input, and a durable edge.
 */
@Timeout(300)
class JavaHarnessRecoveryTest {
  private static final long COUNT = 300;
  private static final long WINDOW_MILLIS = 500;

  private final HeapStateStore survivor = new HeapStateStore();

  @BeforeEach
  void forget() {
    RecoveredFunctions.forget();
  }

  @Test
  void nothingIsLostAndNothingIsThereTwice() throws Exception {
    long seed = Long.getLong("recovery.seed", new Random().nextLong());
    Random random = new Random(seed);
    int crashes = 0;
    try (JavaHarness harness = new JavaHarness()) {
      while (true) {
        // The worker may die with the runner, or live on with all that it has cached.
        if (crashes > 0 && random.nextBoolean()) {
          harness.renew();
        }
        CrashingStore store = new CrashingStore(survivor, random.nextInt(12), random.nextBoolean());
        Execution.End end = run(harness, store, 1 + random.nextInt(3), 0);
        if (end instanceof Execution.End.Done) {
          break;
        }
        assertThat(end.toString()).as("seed %d", seed).contains(CrashingStore.CRASH);
        crashes++;
      }
    }
    assertThat(crashes).as("seed %d", seed).isPositive();
    assertThat(RecoveredFunctions.CHANGED).as("seed %d", seed).isEmpty();
    assertThat(new TreeMap<>(RecoveredFunctions.RESULTS)).as("seed %d", seed).isEqualTo(expected());
  }

  @Test
  void aFunctionThatFailsHasTheJobGoBackToItsLastCommit() throws Exception {
    RecoveredFunctions.FAILURES.set(3);
    try (JavaHarness harness = new JavaHarness()) {
      // With one lane, as those that work at the same time may fail together.
      assertThat(run(harness, survivor, 1, 3)).isInstanceOf(Execution.End.Done.class);
      assertThat(harness.started()).isEqualTo(4);
    }
    assertThat(RecoveredFunctions.CHANGED).isEmpty();
    assertThat(new TreeMap<>(RecoveredFunctions.RESULTS)).isEqualTo(expected());
  }

  @Test
  void aJobThatHasFailedTooOftenCanBeResumed() throws Exception {
    RecoveredFunctions.FAILURES.set(2);
    try (JavaHarness harness = new JavaHarness()) {
      Execution.End end = run(harness, survivor, 1, 1);
      assertThat(end).isInstanceOf(Execution.End.Failed.class);
      assertThat(end.toString()).contains("the sink is not there");
      long epoch = survivor.manifest().epoch();
      assertThat(epoch).isPositive();
      assertThat(run(harness, survivor, 3, 0)).isInstanceOf(Execution.End.Done.class);
      assertThat(survivor.manifest().epoch()).isGreaterThan(epoch);
    }
    assertThat(new TreeMap<>(RecoveredFunctions.RESULTS)).isEqualTo(expected());
  }

  private static Map<String, String> expected() {
    Map<String, String> expected = new TreeMap<>();
    for (int key = 0; key < RecoveredFunctions.KEYS; key++) {
      int rest = key;
      long length = COUNT * RecoveredFunctions.STEP_MILLIS;
      for (long end = WINDOW_MILLIS; end <= length; end += WINDOW_MILLIS) {
        long before = end;
        long[] numbers =
            LongStream.range(0, COUNT)
                .filter(number -> number % RecoveredFunctions.KEYS == rest)
                .filter(number -> number * RecoveredFunctions.STEP_MILLIS < before)
                .filter(number -> number * RecoveredFunctions.STEP_MILLIS >= before - WINDOW_MILLIS)
                .toArray();
        String name = "key" + key;
        expected.put(name + " time " + (end - 1), "passed of " + COUNT);
        expected.put(
            name + " window " + (end - 1),
            LongStream.of(numbers).boxed().toList()
                + " "
                + numbers.length
                + " "
                + LongStream.of(numbers).sum()
                + " of "
                + COUNT);
      }
    }
    return expected;
  }

  private static Pipeline pipeline() {
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Long>> numbers =
        pipeline
            .apply(Impulse.create())
            .apply("Numbers", ParDo.of(new RecoveredFunctions.Numbers(COUNT)));
    PCollectionView<Long> total =
        numbers
            .apply(
                "At the end",
                Window.<KV<String, Long>>into(new GlobalWindows())
                    .triggering(AfterWatermark.pastEndOfWindow())
                    .withAllowedLateness(Duration.ZERO)
                    .discardingFiredPanes())
            .apply(
                "Total", Combine.globally(Count.<KV<String, Long>>combineFn()).asSingletonView());
    numbers
        .apply(Window.into(FixedWindows.of(Duration.millis(WINDOW_MILLIS))))
        .apply("Tally", ParDo.of(new RecoveredFunctions.Tally()))
        .apply("Global", Window.into(new GlobalWindows()))
        .apply(
            "With total", ParDo.of(new RecoveredFunctions.WithTotal(total)).withSideInputs(total))
        .apply(Reshuffle.of())
        .apply("Show", ParDo.of(new RecoveredFunctions.Show()));
    return pipeline;
  }

  private static Execution.End run(JavaHarness harness, StateStore store, int lanes, int retries)
      throws Exception {
    ExecutionOptions options =
        PipelineOptionsFactory.fromArgs(
                "--streaming",
                "--lanes=" + lanes,
                "--jobRetries=" + retries,
                // Many epochs in little time.
                "--targetEpochMillis=1",
                "--maxEpochMillis=5")
            .as(ExecutionOptions.class);
    Pipeline pipeline = pipeline();
    StageGraph graph =
        PipelineTranslator.translate(
            PipelineTranslation.toProto(pipeline, SdkComponents.create(options), false),
            TranslationOptions.harness());
    Execution execution =
        EmbeddedExecution.create(
            graph,
            options,
            JavaHarnessRecoveryTest.class.getClassLoader(),
            Simulation.NONE,
            new RunResources(
                new HarnessProcessors(
                    graph,
                    harness,
                    new HarnessJob(
                        HarnessSettings.DEFAULT, new MetricsInHand(), warning -> {}, false)),
                store,
                null));
    execution.start();
    try {
      return execution.ended().get(120, TimeUnit.SECONDS);
    } finally {
      execution.cancel();
    }
  }
}
