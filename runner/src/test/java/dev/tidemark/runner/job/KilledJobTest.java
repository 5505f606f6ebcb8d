package dev.tidemark.runner.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job whose process is killed goes on where its last commit left it, with other lanes even. */
@Timeout(180)
class KilledJobTest {
  private static final int KILLS = 4;

  private final Path folder;

  KilledJobTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void nothingIsLostAndNothingIsThereTwice() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long last = -1;
    for (int kill = 0; kill <= KILLS; kill++) {
      List<Long> numbers = runAndKill(1 + kill % 3, 5 + random.nextInt(20));
      // What was committed is not done again.
      assertThat(numbers).as("seed %d", seed).isSorted();
      assertThat(numbers.get(0)).as("seed %d", seed).isGreaterThan(last);
      last = numbers.get(numbers.size() - 1);
    }
  }

  /** Runs a job until it has said so many lines; returns their numbers, which are committed. */
  private List<Long> runAndKill(int lanes, int lines) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Counting.class.getName(),
                "--runner=TidemarkRunner",
                "--stateDir=" + folder,
                "--jobRetries=0",
                "--lanes=" + lanes)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      List<Long> numbers = new ArrayList<>();
      while (numbers.size() < lines) {
        String line = out.readLine();
        assertThat(line).as("what the job says before it is killed").isNotNull();
        numbers.add(Long.parseLong(line));
      }
      return numbers;
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  /**
   * Fails unless the numbers of each key come one after the other, each once; says which are
   * committed.
   */
  static final class Next extends DoFn<KV<Integer, Long>, Void> {
    @StateId("last")
    private final StateSpec<ValueState<Long>> lastSpec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("last") ValueState<Long> lastState,
        BundleFinalizer finalizer) {
      Long last = lastState.read();
      long number = element.getValue();
      long expected = last == null ? element.getKey() : last + Counting.KEYS;
      if (number != expected) {
        throw new IllegalStateException(number + " came where " + expected + " was to come");
      }
      lastState.write(number);
      if (element.getKey() == 0 && number % (100 * Counting.KEYS) == 0) {
        finalizer.afterBundleCommit(
            Instant.now().plus(Duration.standardMinutes(1)), () -> System.out.println(number));
      }
    }
  }

  /**
   * A job without an end; a source of as many splits as there are keys, in each of which is one.
   */
  static final class Counting {
    static final int KEYS = 16;

    private Counting() {}

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
  }
}
