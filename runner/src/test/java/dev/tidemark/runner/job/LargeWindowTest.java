package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A streaming job of which one window has several times as many groups as the heap can hold. */
@Timeout(180)
class LargeWindowTest {
  private static final int KEYS = 300_000;
  private static final TypeDescriptor<Long> LONGS = TypeDescriptors.longs();

  @TempDir Path state = Path.of("");

  @Test
  void aWindowFiresInParts() throws Exception {
    ProcessBuilder builder =
        ChildJvm.of(
            Program.class,
            String.valueOf(KEYS),
            "--runner=TidemarkRunner",
            "--streaming",
            "--lanes=2",
            "--stateDir=" + state.resolve("state"),
            "--stateMemoryMegabytes=16");
    builder.command().add(1, "-Xmx64m");
    builder.command().add(1, "-XX:+ExitOnOutOfMemoryError");
    Process process = builder.start();
    try (BufferedReader output = process.inputReader()) {
      String all = String.join("\n", output.lines().toList());
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      assertThat(all.lines()).as(all).contains(KEYS + " groups", 2 * KEYS + " elements");
    }
  }

  /** The program: counts each key, all in one window. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      long keys = Long.parseLong(arguments[0]);
      Pipeline pipeline =
          Pipeline.create(
              PipelineOptionsFactory.fromArgs(Arrays.copyOfRange(arguments, 1, arguments.length))
                  .create());
      pipeline
          .apply(GenerateSequence.from(0).to(2 * keys))
          .apply(WithTimestamps.of(any -> Instant.EPOCH))
          .apply(Window.into(FixedWindows.of(Duration.standardDays(1))))
          .apply("Keys", WithKeys.<Long, Long>of(number -> number % keys).withKeyType(LONGS))
          .apply("Counts", Count.perKey())
          .apply(ParDo.of(new Figures()))
          .apply("Totals", Sum.longsPerKey())
          .apply(ParDo.of(new Say()));
      pipeline.run().waitUntilFinish();
    }
  }

  private static final class Figures extends DoFn<KV<Long, Long>, KV<String, Long>> {
    @ProcessElement
    public void process(@Element KV<Long, Long> group, OutputReceiver<KV<String, Long>> figures) {
      figures.output(KV.of("groups", 1L));
      figures.output(KV.of("elements", group.getValue()));
    }
  }

  private static final class Say extends DoFn<KV<String, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<String, Long> figure) {
      System.out.println(figure.getValue() + " " + figure.getKey());
    }
  }
}
