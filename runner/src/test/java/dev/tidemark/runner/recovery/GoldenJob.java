package dev.tidemark.runner.recovery;

import dev.tidemark.runner.recovery.Recovery.CrashPoint;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.state.JobRow;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.description.DescriptionFormat;
import dev.tidemark.runner.state.description.JobDescriber;
import dev.tidemark.runner.state.description.JobDescription;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import dev.tidemark.translation.PipelineTranslator;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/**
 * The state directory of a job that has something of everything and has stopped while it had:
 * residuals and pieces of sources, too. Its {@code main} writes the one that is kept for a version
 * of the format and of Beam, with the path as its argument; {@code runner/golden} calls it.
 *
 * <p>Stateless.
 */
public final class GoldenJob {
  public static final long MEMORY = 1 << 20;
  static final int KEY_GROUPS = 128;
  private static final String RUN = "golden";
  private static final int LANES = 2;
  private static final int EPOCHS = 4;

  private GoldenJob() {}

  /** Called by hand. */
  public static void main(String[] arguments) throws Exception {
    try (StateDirectory directory = StateDirectory.open(Path.of(arguments[0]));
        RocksStateStore store = RocksStateStore.open(directory.store(), MEMORY)) {
      write(store);
    }
  }

  /** Runs the job until it is half done. */
  static void write(StateStore store) throws Exception {
    JobRow.write(store, DescriptionFormat.write(description()), name -> name, List.of());
    try (Recovery job = new Recovery(1, store, RUN)) {
      if (job.process(LANES, CrashPoint.afterCommit(EPOCHS))) {
        throw new IllegalStateException("the job is done");
      }
    }
  }

  /** Lets the job go on to its end; fails if something is lost, or there twice. */
  public static void finish(StateStore store) throws Exception {
    try (Recovery job = new Recovery(2, store, RUN)) {
      if (!job.process(LANES + 1, CrashPoint.NEVER)) {
        throw new IllegalStateException("the job has crashed");
      }
      job.check();
    }
  }

  /** The job in words. */
  static JobDescription description() {
    Pipeline pipeline = Recovery.pipeline(LANES, RUN);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    SdkComponents components = SdkComponents.create(pipeline.getOptions());
    return JobDescriber.describe(
        new Components(
            PipelineTranslator.translate(PipelineTranslation.toProto(pipeline, components, false))),
        RUN,
        KEY_GROUPS);
  }
}
