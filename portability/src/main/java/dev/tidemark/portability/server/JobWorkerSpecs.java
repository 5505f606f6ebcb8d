package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.RegistryConnections;
import dev.tidemark.portability.fn.WorkerSpec;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What the services of the Fn API must know of the workers of one job.
 *
 * <p>Thread-safe.
 */
final class JobWorkerSpecs implements RegistryConnections.Specs {
  /** What workers are told of us: small outputs may come with the answer to their bundle. */
  static final List<String> CAPABILITIES =
      List.of("beam:protocol:control_response_elements_embedding:v1");

  private final JobDescription job;
  private final Map<String, RunnerApi.Environment> environments;
  private final JobListener messages;
  private final AtomicInteger number = new AtomicInteger();

  /**
   * For one job.
   *
   * @param environments of the pipeline, with references to the job's artifacts
   * @param messages takes what workers log
   */
  JobWorkerSpecs(
      JobDescription job, Map<String, RunnerApi.Environment> environments, JobListener messages) {
    this.job = job;
    this.environments = Map.copyOf(environments);
    this.messages = messages;
  }

  @Override
  public WorkerSpec of(String environmentId, String endpoint, Consumer<String> lost) {
    return new WorkerSpec(
        environmentId + "-" + number.incrementAndGet(),
        endpoint,
        job.jobId(),
        job.jobName(),
        job.options(),
        environments
            .getOrDefault(environmentId, RunnerApi.Environment.getDefaultInstance())
            .getDependenciesList(),
        CAPABILITIES,
        this::log,
        lost);
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
