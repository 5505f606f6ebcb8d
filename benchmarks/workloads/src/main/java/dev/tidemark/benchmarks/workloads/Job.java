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
  private static final String AWAIT = "--await=";

  private Job() {}

  /**
   * Takes the name of a workload, its size, and options of the pipeline; and of a runner whose
   * streaming jobs do not end, {@code --await=1000}, how many results there will be.
   */
  public static void main(String[] args) throws Exception {
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
  static void run(String workload, Size size, List<String> options) throws Exception {
    List<String> ofPipeline = new ArrayList<>(options);
    ofPipeline.removeIf(option -> option.startsWith(AWAIT));
    PipelineOptions given =
        PipelineOptionsFactory.fromArgs(ofPipeline.toArray(String[]::new)).create();
    Pipeline pipeline = Pipeline.create(given);
    build(workload, pipeline, size);
    Figures figures = new Figures(size);
    PipelineResult result = pipeline.run();
    for (String option : options) {
      if (option.startsWith(AWAIT)) {
        await(result, Long.parseLong(option.substring(AWAIT.length())));
        figures.print();
        return;
      }
    }
    PipelineResult.State state = result.waitUntilFinish();
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("The job ended as " + state);
    }
    figures.print();
  }

  private static void await(PipelineResult result, long results) throws InterruptedException {
    while (Checksum.results() < results) {
      if (result.getState().isTerminal()) {
        throw new IllegalStateException("The job ended as " + result.getState());
      }
      // A stream does not end by itself, and results are only counted.
      Thread.sleep(1);
    }
  }

  private static void build(String workload, Pipeline pipeline, Size size) {
    switch (workload) {
      case "word-count" -> WordCount.build(pipeline, size);
      case "group-by-key", "group-by-key-large", "distinct-keys" -> Groups.build(pipeline, size);
      case "sum-per-key" -> SumPerKey.build(pipeline, size);
      case "ten-pardos" -> TenParDos.build(pipeline, size);
      case "co-group-by-key" -> Join.build(pipeline, size);
      case "map-side-input" -> SideInput.build(pipeline, size);
      case "windowed-counts" -> WindowedCounts.build(pipeline, size);
      case "stateful" -> Stateful.build(pipeline, size, false);
      case "stateful-unbounded" -> Stateful.build(pipeline, size, true);
      case "hot-key" -> HotKey.build(pipeline, size);
      case "co-group-by-key-hot" -> HotJoin.build(pipeline, size);
      case "map-side-input-large" -> LargeSideInput.build(pipeline, size);
      case "start-up" -> StartUp.build(pipeline);
      default -> throw new IllegalArgumentException("There is no workload " + workload);
    }
  }
}
