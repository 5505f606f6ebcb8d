package dev.tidemark.portability.server;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.bundle.HarnessProcessors;
import dev.tidemark.portability.environment.EnvironmentLaunchers;
import dev.tidemark.portability.environment.JobLog;
import dev.tidemark.portability.environment.JobWorkers;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.RegistryConnections;
import dev.tidemark.portability.environment.WorkerAddresses;
import dev.tidemark.portability.environment.WorkerPolicy;
import dev.tidemark.portability.environment.process.ChildProcesses;
import dev.tidemark.portability.fn.FnServices;
import dev.tidemark.portability.fn.WorkerRegistry;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobListener;
import dev.tidemark.portability.job.artifact.ArtifactRetrieval;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Runs functions in SDK harnesses: listens for workers, and starts them as their environments say.
 *
 * <p>Thread-safe.
 */
final class SdkHarnesses implements JobHarnesses, AutoCloseable {
  /** How long a worker may take to end by itself. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final EnvironmentLaunchers launchers;
  private final WorkerRegistry registry;
  private final Map<String, StagedArtifacts> artifactsOfJobs;
  private final WorkerListeners listeners;

  private SdkHarnesses(
      EnvironmentLaunchers launchers,
      WorkerRegistry registry,
      Map<String, StagedArtifacts> artifactsOfJobs,
      WorkerListeners listeners) {
    this.launchers = launchers;
    this.registry = registry;
    this.artifactsOfJobs = artifactsOfJobs;
    this.listeners = listeners;
  }

  /**
   * Starts to listen for workers.
   *
   * @param launchers start workers
   * @param settings where to listen; workers send messages of any size
   * @throws IOException if the port is taken
   */
  static SdkHarnesses start(EnvironmentLaunchers launchers, WorkerListeners.Settings settings)
      throws IOException {
    WorkerRegistry registry = new WorkerRegistry();
    Map<String, StagedArtifacts> artifacts = new ConcurrentHashMap<>();
    List<ServerServiceDefinition> services = new ArrayList<>(FnServices.of(registry));
    services.add(
        new ArtifactRetrieval(
                worker -> registry.spec(worker).map(spec -> artifacts.get(spec.jobId())))
            .service());
    return new SdkHarnesses(
        launchers, registry, artifacts, WorkerListeners.start(settings, services));
  }

  @Override
  public List<String> problems(RunnerApi.Pipeline pipeline) {
    RunnerApi.Components components = pipeline.getComponents();
    return components.getTransformsMap().values().stream()
        .map(RunnerApi.PTransform::getEnvironmentId)
        .filter(components::containsEnvironments)
        .distinct()
        .map(components::getEnvironmentsOrThrow)
        .map(launchers::check)
        .flatMap(problem -> Optional.ofNullable(problem).stream())
        .toList();
  }

  @Override
  public Opened open(
      JobDescription job,
      StageGraph graph,
      RunnerApi.Pipeline pipeline,
      StagedArtifacts artifacts,
      HarnessJob bundles,
      JobListener messages) {
    artifactsOfJobs.put(job.jobId(), artifacts);
    Map<String, RunnerApi.Environment> environments = pipeline.getComponents().getEnvironmentsMap();
    LaunchJob launch =
        new LaunchJob(
            job.jobId(),
            job.options(),
            environment -> WorkerFiles.of(artifacts, environment),
            JobWorkerSpecs.CAPABILITIES,
            new LauncherMessages(messages),
            new ChildProcesses(GRACE));
    JobWorkers workers =
        new JobWorkers(
            launch,
            environments,
            launchers,
            new RegistryConnections(
                registry, listeners.addresses(), new JobWorkerSpecs(job, environments, messages)),
            WorkerPolicy.standard(Integer.MAX_VALUE, Runtime.getRuntime().availableProcessors()));
    workers.startAhead(environmentIds(graph));
    HarnessNodes nodes = new HarnessProcessors(graph, workers, bundles);
    return new Opened() {
      @Override
      public HarnessNodes nodes() {
        return nodes;
      }

      @Override
      public void close() {
        workers.close();
        artifactsOfJobs.remove(job.jobId());
      }
    };
  }

  /** Those in which something runs. */
  private static Set<String> environmentIds(StageGraph graph) {
    return graph
        .nodes()
        .flatMap(
            node ->
                node.operation() instanceof Operation.Harness harness
                    ? Stream.of(harness.environmentId())
                    : Stream.empty())
        .collect(Collectors.toSet());
  }

  /** Where workers connect. */
  WorkerAddresses addresses() {
    return listeners.addresses();
  }

  @Override
  public void close() {
    listeners.close();
  }

  /** What launchers say goes to the job's author. */
  private record LauncherMessages(JobListener messages) implements JobLog {
    @Override
    public void progress(String text) {
      messages.message(JobListener.Level.BASIC, text);
    }

    @Override
    public void output(String worker, String line) {
      messages.message(JobListener.Level.DETAILED, worker + ": " + line);
    }
  }
}
