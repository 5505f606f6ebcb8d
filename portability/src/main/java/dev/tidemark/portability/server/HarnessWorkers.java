package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.WorkerConnections;
import dev.tidemark.portability.environment.WorkerEndpoints;
import dev.tidemark.portability.fn.WorkerConnection;
import dev.tidemark.portability.fn.WorkerRegistry;
import dev.tidemark.portability.fn.WorkerSpec;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobListener;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import dev.tidemark.portability.worker.SdkWorker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Expects the workers of one job.
 *
 * <p>Thread-safe.
 */
final class HarnessWorkers implements WorkerConnections {
  /** What workers are told of us: none of the optional protocols yet. */
  static final List<String> CAPABILITIES = List.of();

  private final WorkerRegistry registry;
  private final JobDescription job;
  private final Map<String, RunnerApi.Environment> environments;
  private final StagedArtifacts artifacts;
  private final Map<String, StagedArtifacts> artifactsOfWorkers;
  private final String endpoint;
  private final JobListener messages;
  private final AtomicInteger number = new AtomicInteger();

  /**
   * For one job.
   *
   * @param environments of the pipeline, with references to {@code artifacts}
   * @param artifactsOfWorkers takes the artifacts by the id of each worker that may fetch them
   * @param endpoint where workers find all services
   * @param messages takes what workers log
   */
  HarnessWorkers(
      WorkerRegistry registry,
      JobDescription job,
      Map<String, RunnerApi.Environment> environments,
      StagedArtifacts artifacts,
      Map<String, StagedArtifacts> artifactsOfWorkers,
      String endpoint,
      JobListener messages) {
    this.registry = registry;
    this.job = job;
    this.environments = Map.copyOf(environments);
    this.artifacts = artifacts;
    this.artifactsOfWorkers = artifactsOfWorkers;
    this.endpoint = endpoint;
    this.messages = messages;
  }

  @Override
  public Expected expect(String environmentId) {
    CompletableFuture<String> lost = new CompletableFuture<>();
    RunnerApi.Environment environment =
        environments.getOrDefault(environmentId, RunnerApi.Environment.getDefaultInstance());
    WorkerConnection connection =
        registry.register(
            new WorkerSpec(
                environmentId + "-" + number.incrementAndGet(),
                endpoint,
                job.jobId(),
                job.jobName(),
                job.options(),
                environment.getDependenciesList(),
                job.jobId(),
                CAPABILITIES,
                this::log,
                lost::complete));
    artifactsOfWorkers.put(connection.id(), artifacts);
    return new Expected() {
      @Override
      public String workerId() {
        return connection.id();
      }

      @Override
      public WorkerEndpoints endpoints() {
        return WorkerEndpoints.all(endpoint);
      }

      @Override
      public CompletableFuture<SdkWorker> connected() {
        return connection.connected();
      }

      @Override
      public CompletableFuture<String> lost() {
        return lost;
      }

      @Override
      public void close() {
        artifactsOfWorkers.remove(connection.id());
        connection.close();
      }
    };
  }

  /** Clients take the last error for the reason of a failure, so a line is a warning at most. */
  private void log(LogEntry entry) {
    messages.message(level(entry), text(entry));
  }

  private static JobListener.Level level(LogEntry entry) {
    return switch (entry.getSeverity()) {
      case CRITICAL, ERROR, WARN -> JobListener.Level.WARNING;
      case NOTICE, INFO -> JobListener.Level.BASIC;
      case DEBUG -> JobListener.Level.DETAILED;
      default -> JobListener.Level.DEBUG;
    };
  }

  private static String text(LogEntry entry) {
    StringBuilder text = new StringBuilder(entry.getSeverity().name());
    if (!entry.getTransformId().isEmpty()) {
      text.append(" in ").append(entry.getTransformId());
    }
    if (!entry.getInstructionId().isEmpty()) {
      text.append(" (").append(entry.getInstructionId()).append(')');
    }
    text.append(": ").append(entry.getMessage());
    if (!entry.getTrace().isEmpty()) {
      text.append('\n').append(entry.getTrace());
    }
    return text.toString();
  }
}
