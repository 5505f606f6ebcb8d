package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles with more input and output than there is memory for. */
final class SpillingHarnessTest {
  private static final long BUDGET = 10_000;
  private static final long ELEMENTS = 2_000;
  private static final int COPIES = 20;

  private final Path scratch;
  private final Pipeline pipeline = Pipeline.create();

  SpillingHarnessTest(@TempDir Path scratch) {
    this.scratch = scratch;
  }

  private PCollection<Long> copies() {
    return pipeline
        .apply(Create.of(LongStream.range(0, ELEMENTS).boxed().toList()))
        .apply("Copies", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  /** The lane is told nothing before all outputs have left memory. */
  @Test
  void whatABundleTakesAndGivesLeavesMemoryAndAWorkerLostMeanwhileChangesNothing()
      throws Exception {
    ScriptedJob job =
        new ScriptedJob(pipeline, List.of(copies()), "--lanes=1", "--scratchDir=" + scratch);
    job.memory(BUDGET);
    AtomicInteger tries = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              List<WindowedValue<Object>> elements = new ArrayList<>();
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                elements.addAll(
                    job.decode(bundle, ((ScriptedBundle.Input.Elements) input).bytes()));
              }
              long before = spilled();
              for (int copy = 0; copy < COPIES; copy++) {
                job.emit(bundle, elements);
              }
              assertThat(spilled()).isGreaterThan(before);
              if (tries.incrementAndGet() == 1) {
                bundle.worker().die();
                bundle.event(new BundleEvent.Lost("killed"));
                return;
              }
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(
            job.run(
                workers,
                new HarnessSettings(2, 1 << 20, 1_000, 1_000, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);

    List<Long> expected = new ArrayList<>();
    for (int copy = 0; copy < COPIES; copy++) {
      LongStream.range(0, ELEMENTS).forEach(expected::add);
    }
    assertThat(job.collected(Long.class)).containsExactlyElementsOf(expected);
    assertThat(tries).hasValue(2);
  }

  /** How many bytes are in scratch files. */
  private long spilled() {
    try (Stream<Path> files = Files.walk(scratch)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("spill"))
          .mapToLong(this::size)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
