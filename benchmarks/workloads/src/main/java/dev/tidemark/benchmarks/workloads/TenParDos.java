package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/** Ten functions, one after the other. */
final class TenParDos {
  static final int STEPS = 10;

  private TenParDos() {}

  static void build(Pipeline pipeline, Size size) {
    PCollection<Long> numbers =
        pipeline.apply(
            "Elements", Read.from(GeneratedSource.of(index -> index, VarLongCoder.of(), size, 4)));
    for (int step = 0; step < STEPS; step++) {
      numbers = numbers.apply("Step " + step, ParDo.of(new StepFn(step)));
    }
    numbers.apply("Checksum", Checksum.of(number -> number));
  }

  private static final class StepFn extends DoFn<Long, Long> {
    private final int step;

    StepFn(int step) {
      this.step = step;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> numbers) {
      numbers.output(Elements.step(step, number));
    }
  }
}
