package dev.tidemark.benchmarks.workloads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Runs one workload as a Beam pipeline on the runner that {@code --runner} names. */
public final class Job {
  private Job() {}

  /** Takes the name of a workload, its size, and options of the pipeline. */
  public static void main(String[] args) {
    List<String> words = Arrays.asList(args);
    List<String> options = new ArrayList<>();
    Size size = Size.of(words.get(0)).with(words.subList(1, words.size()), options);
    run(words.get(0), size, options);
    // Some runners leave threads behind.
    System.exit(0);
  }

  /**
   * Runs a workload and prints its figures.
   *
   * @throws IllegalStateException if the job fails
   */
  static void run(String workload, Size size, List<String> options) {
    PipelineOptions given =
        PipelineOptionsFactory.fromArgs(options.toArray(String[]::new)).create();
    Pipeline pipeline = Pipeline.create(given);
    build(workload, pipeline, size);
    Figures figures = new Figures(size);
    PipelineResult.State state = pipeline.run().waitUntilFinish();
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("The job ended as " + state);
    }
    figures.print();
  }

  private static void build(String workload, Pipeline pipeline, Size size) {
    switch (workload) {
      case "word-count" -> WordCount.build(pipeline, size);
      case "group-by-key", "group-by-key-large" -> Groups.build(pipeline, size);
      case "sum-per-key" -> SumPerKey.build(pipeline, size);
      case "ten-pardos" -> TenParDos.build(pipeline, size);
      case "co-group-by-key" -> Join.build(pipeline, size);
      case "map-side-input" -> SideInput.build(pipeline, size);
      case "windowed-counts" -> WindowedCounts.build(pipeline, size);
      case "stateful" -> Stateful.build(pipeline, size, false);
      case "stateful-unbounded" -> Stateful.build(pipeline, size, true);
      case "start-up" -> StartUp.build(pipeline);
      default -> throw new IllegalArgumentException("There is no workload " + workload);
    }
  }
}
