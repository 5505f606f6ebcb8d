package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bounded pipelines with a state directory. */
@Timeout(120)
class DurableBatchTest {
  private static final Queue<String> SHOWN = new ConcurrentLinkedQueue<>();

  private final Path folder;

  DurableBatchTest(@TempDir Path folder) {
    this.folder = folder.resolve("state");
  }

  @BeforeEach
  void forget() {
    SHOWN.clear();
  }

  private static final class Show extends DoFn<KV<String, Long>, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<String, Long> count) {
      SHOWN.add(count.getKey() + " " + count.getValue());
    }
  }

  private TidemarkOptions options() {
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setRunner(TidemarkRunner.class);
    options.setStateDir(folder.toString());
    options.setLanes(2);
    return options;
  }

  private void count() {
    Pipeline pipeline = Pipeline.create(options());
    pipeline
        .apply(Create.of("a", "b", "a"))
        .apply(Count.perElement())
        .apply("Show", ParDo.of(new Show()));
    pipeline.run().waitUntilFinish();
  }

  @Test
  void whatIsDoneIsNotDoneAgain() {
    count();
    assertThat(SHOWN).containsExactlyInAnyOrder("a 2", "b 1");
    count();
    assertThat(SHOWN).hasSize(2);
  }

  private static final class RefuseB extends DoFn<String, String> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element String letter, OutputReceiver<String> output) {
      if (letter.equals("b")) {
        throw new IllegalStateException("no b");
      }
      output.output(letter);
    }
  }

  @Test
  void whatCannotBeProcessedIsSetAsideInTheDirectory() throws Exception {
    TidemarkOptions options = options();
    options.setStreaming(true);
    options.setDeadLetters(true);
    options.setDeadLetterAfter(2);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of("a", "b", "a"))
        .apply("Refuse b", ParDo.of(new RefuseB()))
        .apply(Reshuffle.viaRandomKey())
        .apply(Count.perElement())
        .apply("Show", ParDo.of(new Show()));
    pipeline.run().waitUntilFinish();
    assertThat(SHOWN).containsExactly("a 2");
    assertThat(Files.readAllLines(folder.resolve("dead-letters.json")))
        .singleElement()
        .satisfies(letter -> assertThat(letter).contains("\"Refuse b", "\"tries\":2", "no b"));
  }

  @Test
  void aTestStreamIsRefusedBeforeAnythingRuns() {
    Pipeline pipeline = Pipeline.create(options());
    pipeline
        .apply(
            "Events",
            TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()))
                .addElements(KV.of("a", 1L))
                .advanceWatermarkToInfinity())
        .apply(ParDo.of(new Show()));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Events")
        .hasMessageContaining("TestStream");
    assertThat(SHOWN).isEmpty();
  }
}
