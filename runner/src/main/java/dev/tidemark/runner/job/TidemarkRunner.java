package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.job.remote.RemoteEnvironment;
import dev.tidemark.runner.job.remote.RemoteExecution;
import dev.tidemark.runner.job.remote.RemoteOptions;
import dev.tidemark.runner.metrics.MetricsPublisher;
import dev.tidemark.runner.state.directory.StateHome;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.StageGraph;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import org.apache.beam.sdk.util.construction.Environments;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.jspecify.annotations.Nullable;

/**
 * Runs Beam pipelines in this process: {@code --runner=TidemarkRunner}; with {@code
 * --jobEndpoint=host:port} on the job server there, which gets the class path.
 *
 * <p>{@link #run} returns at once; the job's own threads keep the JVM until it ends. A job that
 * fails while nobody waits for it still gives the process an exit status other than 0, see {@link
 * UnattendedFailure}. One runner may run any number of pipelines, and one pipeline any number of
 * times.
 *
 * <p>Thread-safe.
 */
public final class TidemarkRunner extends PipelineRunner<TidemarkPipelineResult> {
  private static final RunnerApi.Environment IN_THIS_JVM =
      RunnerApi.Environment.newBuilder()
          .setUrn(Environments.ENVIRONMENT_EMBEDDED)
          .addAllCapabilities(Environments.getJavaCapabilities())
          .build();

  private final PipelineOptions options;
  private final Function<RunnerApi.Pipeline, StageGraph> translator;
  private final ExecutionFactory executions;
  private final @Nullable FreshState fresh;

  TidemarkRunner(
      PipelineOptions options,
      Function<RunnerApi.Pipeline, StageGraph> translator,
      ExecutionFactory executions) {
    this(options, translator, executions, null);
  }

  /**
   * @param fresh gives directories to jobs that have none; null if none does
   */
  TidemarkRunner(
      PipelineOptions options,
      Function<RunnerApi.Pipeline, StageGraph> translator,
      ExecutionFactory executions,
      @Nullable FreshState fresh) {
    this.options = options;
    this.translator = translator;
    this.executions = executions;
    this.fresh = fresh;
  }

  /** Makes a runner; Beam calls it by reflection. */
  public static TidemarkRunner fromOptions(PipelineOptions options) {
    return new TidemarkRunner(
        options,
        PipelineTranslator::translate,
        (graph, given, userClasses, store) ->
            EmbeddedExecution.create(
                graph, given, userClasses, Simulation.NONE, RunResources.of(store)),
        FreshState.ofUser());
  }

  /** A runner for tests: jobs are executed by {@code executions}, and leave nothing behind. */
  static TidemarkRunner fromOptions(PipelineOptions options, ExecutionFactory executions) {
    return new TidemarkRunner(options, PipelineTranslator::translate, executions);
  }

  /**
   * Starts {@code pipeline} and returns its handle.
   *
   * @throws InvalidOptionException if an option makes no sense
   * @throws dev.tidemark.runner.state.StateException if the job is to keep its state in a directory
   *     that cannot be used, or to go on from state that does not fit it
   * @throws dev.tidemark.translation.UnsupportedPipelineException if the pipeline holds what cannot
   *     be run; nothing has started then
   * @throws dev.tidemark.runner.job.remote.RemoteJobException if a job server is named, and cannot
   *     be reached or refuses the job
   */
  @Override
  public TidemarkPipelineResult run(Pipeline pipeline) {
    TidemarkOptions jobOptions = JobOptions.prepare(options);
    RemoteOptions remote = jobOptions.as(RemoteOptions.class);
    boolean elsewhere = remote.getJobEndpoint() != null;
    if (!elsewhere) {
      FunctionPreparation.start(pipeline);
    }
    String stateName = jobOptions.getStateName();
    if (stateName != null && !elsewhere) {
      jobOptions.setStateDir(StateHome.ofUser().directory(stateName).toString());
    }
    if (elsewhere) {
      // How far it has come, its server knows.
      jobOptions.setProgressOutput(TidemarkOptions.ProgressOutput.NONE);
    }
    RunnerApi.Pipeline proto =
        toProto(pipeline, elsewhere ? RemoteEnvironment.of(remote) : IN_THIS_JVM);
    StageGraph graph = translator.apply(proto);
    JobOptions.complete(jobOptions, graph.bounded());

    // What Beam keeps in static fields for the code of pipelines; value providers got theirs when
    // the options were read from JSON.
    FileSystems.setDefaultPipelineOptions(jobOptions);
    MetricsEnvironment.setMetricsSupported(true);

    Execution execution =
        elsewhere
            ? RemoteExecution.create(proto, remote)
            : create(graph, jobOptions, isTest(pipeline) ? null : fresh);
    TidemarkPipelineResult result = new TidemarkPipelineResult(jobOptions.getJobName(), execution);
    JobMonitor monitor =
        new JobMonitor(
            result,
            ProgressReporter.create(jobOptions, result),
            MetricsPublisher.create(jobOptions.as(MetricsOptions.class), result::metrics),
            jobOptions.getShutdownMillis());
    monitor.start();
    return result;
  }

  /** By its name, as the class cannot be loaded without JUnit. */
  private static boolean isTest(Pipeline pipeline) {
    return pipeline.getClass().getName().equals("org.apache.beam.sdk.testing.TestPipeline");
  }

  private Execution create(
      StageGraph graph, TidemarkOptions jobOptions, @Nullable FreshState freshState) {
    String stateDir = jobOptions.getStateDir();
    if (stateDir == null && freshState != null && !graph.bounded()) {
      FreshDirectory directory = freshState.open(graph, jobOptions);
      return create(graph, jobOptions, directory == null ? null : directory.store(), directory);
    }
    JobStore store =
        stateDir == null || stateDir.equals(TidemarkOptions.NO_STATE_DIR)
            ? null
            : JobStore.open(Path.of(stateDir), graph, jobOptions);
    return create(graph, jobOptions, store, null);
  }

  private Execution create(
      StageGraph graph,
      TidemarkOptions jobOptions,
      @Nullable JobStore store,
      @Nullable FreshDirectory directory) {
    ClassLoader userClasses = ReflectHelpers.findClassLoader();
    if (store == null) {
      return executions.create(graph, jobOptions, userClasses, null);
    }
    try {
      return new DurableExecution(
          executions.create(graph, jobOptions, userClasses, store.store()), store, directory);
    } catch (RuntimeException | Error e) {
      store.close();
      if (directory != null) {
        directory.settle(false);
      }
      throw e;
    }
  }

  private static RunnerApi.Pipeline toProto(Pipeline pipeline, RunnerApi.Environment environment) {
    // Turns Read into primitives unless the user asked otherwise; finds nothing the second time.
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    SdkComponents components = SdkComponents.create();
    components.registerEnvironment(environment);
    return PipelineTranslation.toProto(pipeline, components, false);
  }
}
