package dev.tidemark.benchmarks.parts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each benchmark can run. */
class SmokeTest {
  @Test
  void everyPartCanBeMeasured() throws Exception {
    assertThat(
            new Runner(
                    new OptionsBuilder()
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(1))
                        .shouldFailOnError(true)
                        .build())
                .run())
        .hasSize(ExchangeBenchmark.Kind.values().length * 2 + JobBenchmark.Part.values().length);
  }
}
