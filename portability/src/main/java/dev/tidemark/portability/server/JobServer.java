package dev.tidemark.portability.server;

import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.job.JobExecutions;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.portability.job.JobRegistry;
import dev.tidemark.portability.job.JobService;
import dev.tidemark.portability.job.artifact.ArtifactStaging;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for jobs: the Job API, the staging of artifacts, health and reflection.
 *
 * <p>Thread-safe.
 */
public final class JobServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobServer.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int SWEEP_SECONDS = 30;

  private final JobServerSettings settings;
  private final JobRegistry registry;
  private final CompletableFuture<GrpcServer> artifacts;
  private final GrpcServer jobs;
  private final ScheduledExecutorService sweeper;

  private JobServer(
      JobServerSettings settings,
      JobRegistry registry,
      CompletableFuture<GrpcServer> artifacts,
      GrpcServer jobs) {
    this.settings = settings;
    this.registry = registry;
    this.artifacts = artifacts;
    this.jobs = jobs;
    this.sweeper =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tidemark-jobs-sweeper");
              thread.setDaemon(true);
              return thread;
            });
    sweeper.scheduleWithFixedDelay(registry::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Starts to listen.
   *
   * @param executions runs the jobs; stays the caller's to close, after the server
   * @param clock says when jobs are to be forgotten
   * @throws IOException if a port is taken, or a certificate cannot be read
   */
  public static JobServer start(
      JobServerSettings settings, JobExecutions executions, InstantSource clock)
      throws IOException {
    JobLimits limits = settings.limits();
    JobRegistry registry = new JobRegistry(executions, limits, settings.artifactsFolder(), clock);
    ServerServiceDefinition staging = new ArtifactStaging(registry::staging).service();
    CompletableFuture<GrpcServer> artifactServer = new CompletableFuture<>();
    ServerServiceDefinition jobService =
        new JobService(
                registry,
                limits,
                () -> artifactServer.join().endpoint(settings.advertisedHost()),
                RunnerOptions.describe())
            .service();
    // A message that wraps a pipeline is a little larger than that.
    ServerSettings listener =
        settings.listener().withMaxMessageBytes(limits.prepareBytes() + (1 << 16));
    if (settings.artifactPort().isEmpty()) {
      GrpcServer one = GrpcServer.start(listener, List.of(jobService, staging));
      artifactServer.complete(one);
      return new JobServer(settings, registry, artifactServer, one);
    }
    GrpcServer artifacts =
        GrpcServer.start(
            listener.at(listener.host(), settings.artifactPort().getAsInt()), List.of(staging));
    artifactServer.complete(artifacts);
    try {
      return new JobServer(
          settings, registry, artifactServer, GrpcServer.start(listener, List.of(jobService)));
    } catch (IOException | RuntimeException e) {
      artifacts.close();
      throw e;
    }
  }

  /** Where clients submit jobs, {@code host:port}. */
  public String endpoint() {
    return jobs.endpoint(settings.advertisedHost());
  }

  /** Where clients stage artifacts, {@code host:port}. */
  public String artifactEndpoint() {
    return artifacts.join().endpoint(settings.advertisedHost());
  }

  /** The jobs. */
  public JobRegistry registry() {
    return registry;
  }

  /** Cancels all jobs, tells their clients, removes all files, and stops to listen. */
  @Override
  public void close() {
    close(PATIENCE);
  }

  /** The same, with another limit to how long it waits for jobs to end. */
  void close(Duration patience) {
    sweeper.shutdownNow();
    try {
      int left = registry.close(patience);
      if (left > 0) {
        LOG.warn("{} jobs have not ended within {} seconds", left, patience.toSeconds());
      }
    } catch (InterruptedException e) {
      registry.close();
      Thread.currentThread().interrupt();
    }
    List<GrpcServer> servers = new ArrayList<>(List.of(jobs));
    if (artifacts.join() != jobs) {
      servers.add(artifacts.join());
    }
    servers.forEach(GrpcServer::close);
  }
}
