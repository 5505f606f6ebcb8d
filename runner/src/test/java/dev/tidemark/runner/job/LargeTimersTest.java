package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job with more timers than the heap can hold; many are for one time. */
@Timeout(180)
class LargeTimersTest {
  /** Each has two timers, as the state of its key expires. */
  private static final long KEYS = 60_000;

  private static final String FIRED = "fired";

  @TempDir Path folder = Path.of("");

  private Process start() throws IOException {
    ProcessBuilder builder =
        ChildJvm.of(
            Program.class,
            "--runner=TidemarkRunner",
            "--streaming",
            "--lanes=2",
            "--stateMemoryMegabytes=8",
            "--stateDir=" + folder.resolve("state"));
    builder.command().add(1, "-Xmx48m");
    builder.command().add(1, "-XX:+ExitOnOutOfMemoryError");
    return builder.start();
  }

  @Test
  void allFireOnceAlsoIfTheProcessIsKilledMeanwhile() throws Exception {
    List<String> first = new ArrayList<>();
    Process killed = start();
    try (BufferedReader output = killed.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        first.add(line);
        if (line.equals(FIRED)) {
          killed.destroyForcibly();
          break;
        }
      }
    }
    assertThat(first).as("what it said").contains(FIRED);
    assertThat(killed.waitFor(100, TimeUnit.SECONDS)).isTrue();

    Process resumed = start();
    try (BufferedReader output = resumed.inputReader()) {
      List<String> all = output.lines().toList();
      assertThat(resumed.waitFor(100, TimeUnit.SECONDS)).isTrue();
      assertThat(all)
          .contains(KEYS + " timers of keys with the sum " + (KEYS - 1) * KEYS / 2, FIRED);
    }
  }

  /** The program: a job that says how many timers have fired, and of which keys. */
  static final class Program {
    private static final long ONE = 1L << 40;

    private Program() {}

    public static void main(String[] arguments) {
      Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
      pipeline
          .apply("Numbers", GenerateSequence.from(0).to(KEYS))
          .apply("By number", WithKeys.<Long, Long>of(n -> n).withKeyType(TypeDescriptors.longs()))
          .apply("Remind", ParDo.of(new Remind()))
          .apply("Sum", Combine.globally(Sum.ofLongs()))
          .apply("Say", ParDo.of(new Say()));
      pipeline.run().waitUntilFinish();
    }
  }

  private static final class Remind extends DoFn<KV<Long, Long>, Long> {
    private static final AtomicLong FIRINGS = new AtomicLong();

    @TimerId("reminder")
    private final TimerSpec reminder = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@Element KV<Long, Long> element, @TimerId("reminder") Timer reminder) {
      long number = element.getValue();
      reminder.set(new Instant(number % 2 == 0 ? 1_000 : number));
    }

    @OnTimer("reminder")
    public void remind(@Key Long number, OutputReceiver<Long> output) {
      if (FIRINGS.incrementAndGet() == KEYS / 4) {
        System.out.println(FIRED);
      }
      output.output(Program.ONE + number);
    }
  }

  private static final class Say extends DoFn<Long, Void> {
    @ProcessElement
    public void process(@Element Long sum) {
      System.out.printf(
          "%d timers of keys with the sum %d%n", sum / Program.ONE, sum % Program.ONE);
    }
  }
}
