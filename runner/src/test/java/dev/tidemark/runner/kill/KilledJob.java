package dev.tidemark.runner.kill;

import dev.tidemark.runner.job.TidemarkPipelineResult;
import java.nio.file.Path;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * The job that is killed: unbounded sources, state, timers of both times, sessions, a side input,
 * and files of windows, which are exactly once as their renaming lies behind a durable edge. Takes
 * snapshots all the time, and says on standard output what it has come to.
 */
final class KilledJob {
  static final String RUNNING = "running";
  static final String SNAPSHOT = "snapshot ";
  static final String DONE = "done";

  private static final Duration FILE_WINDOW = Duration.standardSeconds(5);
  private static final long SNAPSHOT_MILLIS = 300;
  private static final Duration END = Duration.standardSeconds(30);

  /** What the job is told. */
  public interface Options extends PipelineOptions {
    /** The folder for the files. */
    String getFiles();

    void setFiles(String folder);

    /** The file that will say where the sources end. */
    String getLimit();

    void setLimit(String file);

    /** How many processes of the job there were before. */
    int getProcessNumber();

    void setProcessNumber(int number);
  }

  private KilledJob() {}

  public static void main(String[] arguments) throws InterruptedException {
    Options options = PipelineOptionsFactory.fromArgs(arguments).as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    build(pipeline, options);
    TidemarkPipelineResult job = (TidemarkPipelineResult) pipeline.run();
    System.out.println(RUNNING);
    for (int number = 0; !job.getState().isTerminal(); number++) {
      job.waitUntilFinish(Duration.millis(SNAPSHOT_MILLIS));
      if (!job.getState().isTerminal()) {
        snapshot(job, "of-" + options.getProcessNumber() + "-" + number);
      }
    }
    if (job.getState() == PipelineResult.State.DONE) {
      System.out.println(DONE);
    }
  }

  private static void snapshot(TidemarkPipelineResult job, String name) {
    try {
      Path snapshot = job.snapshot(name);
      System.out.println(SNAPSHOT + snapshot);
    } catch (IllegalStateException e) {
      // The job has ended, which its state shows a moment after its store is closed.
      job.waitUntilFinish(END);
      if (!job.getState().isTerminal()) {
        throw e;
      }
    }
  }

  private static void build(Pipeline pipeline, Options options) {
    PCollection<KV<Integer, Long>> numbers =
        pipeline.apply("Numbers", Read.from(PacedSource.of(options.getLimit(), Answer.SPLITS)));
    PCollection<KV<Integer, Long>> keyed =
        numbers.apply(
            "Keyed",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.integers(), TypeDescriptors.longs()))
                .via(
                    e ->
                        KV.of(
                            Answer.key(e.getKey(), e.getValue()),
                            Answer.id(e.getKey(), e.getValue()))));
    PCollection<KV<Integer, Long>> inWindows = keyed.apply("Windows", windows());
    PCollectionView<Long> side =
        pipeline
            .apply("Side", Read.from(PacedSource.of(options.getLimit(), 1)))
            .apply("SideWindows", windows())
            .apply("SideValues", Values.create())
            .apply("SideSum", Sum.longsGlobally().asSingletonView());
    PCollection<String> sessions =
        numbers
            .apply("InSession", Filter.by(e -> Answer.isInSession(e.getValue())))
            .apply(
                "Ids",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.integers(), TypeDescriptors.longs()))
                    .via(e -> KV.of(e.getKey(), Answer.id(e.getKey(), e.getValue()))))
            .apply(
                "Sessions",
                Window.into(Sessions.withGapDuration(Duration.millis(Answer.GAP_MILLIS))))
            .apply("Group", GroupByKey.create())
            .apply("SumSession", ParDo.of(new Functions.SumSession()));
    PCollectionList.of(file(keyed.apply("Count", ParDo.of(new Functions.Count())), "counted"))
        .and(file(keyed.apply("Delay", ParDo.of(new Functions.Delay())), "delayed"))
        .and(file(inWindows.apply("Time", ParDo.of(new Functions.SumAtEnd())), "timed"))
        .and(file(sessions, "sessions"))
        .and(
            file(
                inWindows.apply("See", ParDo.of(new Functions.See(side)).withSideInputs(side)),
                "sided"))
        .apply("All", Flatten.pCollections())
        .apply(
            "Write",
            TextIO.write().to(options.getFiles() + "/lines").withWindowedWrites().withNumShards(1));
  }

  private static Window<KV<Integer, Long>> windows() {
    return Window.into(FixedWindows.of(Duration.millis(Answer.WINDOW_MILLIS)));
  }

  private static PCollection<String> file(PCollection<String> lines, String branch) {
    return lines.apply(branch + "ToFile", Window.into(FixedWindows.of(FILE_WINDOW)));
  }
}
