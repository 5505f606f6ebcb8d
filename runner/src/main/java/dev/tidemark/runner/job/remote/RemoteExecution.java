package dev.tidemark.runner.job.remote;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.metrics.JobMetrics;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.util.construction.PipelineOptionsTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job on a server: submitted when it is started, then followed to its end.
 *
 * <p>Thread-safe.
 */
public final class RemoteExecution implements Execution {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteExecution.class);
  private static final int METRICS_SECONDS = 20;

  private final RunnerApi.Pipeline pipeline;
  private final RemoteOptions options;
  private final JobServerAddress address;
  private final ManagedChannel channel;
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private volatile String jobId = "";
  private volatile JobApi.MetricResults lastMetrics = JobApi.MetricResults.getDefaultInstance();

  private RemoteExecution(
      RunnerApi.Pipeline pipeline, RemoteOptions options, JobServerAddress address) {
    this.pipeline = pipeline;
    this.options = options;
    this.address = address;
    this.channel = address.open();
  }

  /**
   * A job that is not submitted yet.
   *
   * @param pipeline with its files as artifacts, see {@link RemoteEnvironment}
   * @param options name the server
   * @throws IllegalArgumentException if an option makes no sense
   */
  public static RemoteExecution create(RunnerApi.Pipeline pipeline, RemoteOptions options) {
    return new RemoteExecution(pipeline, options, new JobServerAddress(options));
  }

  /**
   * Submits the job: returns when the server has all its files and has started it.
   *
   * @throws RemoteJobException if the server refuses it, or cannot be reached
   */
  @Override
  public void start() {
    boolean started = false;
    try {
      jobId = submit();
      started = true;
    } catch (StatusRuntimeException e) {
      throw new RemoteJobException(StatusText.of(e, address.endpoint()), e);
    } catch (IOException e) {
      throw new RemoteJobException("The files of the job cannot be staged: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteJobException("Interrupted while the job was submitted.", e);
    } finally {
      if (!started) {
        channel.shutdownNow();
      }
    }
    LOG.info("Job {} runs at {} as {}", options.getJobName(), address.endpoint(), jobId);
    new JobWatch(channel, address.endpoint(), jobId, options.getJobName(), this::end).start();
  }

  private String submit() throws IOException, InterruptedException {
    JobApi.PrepareJobResponse prepared =
        quick()
            .prepare(
                JobApi.PrepareJobRequest.newBuilder()
                    .setJobName(options.getJobName())
                    .setPipeline(pipeline)
                    .setPipelineOptions(PipelineOptionsTranslation.toProto(options))
                    .build());
    ManagedChannel staging = address.open(prepared.getArtifactStagingEndpoint().getUrl());
    try {
      ArtifactUpload.run(
          staging, prepared.getStagingSessionToken(), new OfferedArtifacts(pipeline));
    } finally {
      staging.shutdownNow();
    }
    return quick()
        .run(
            JobApi.RunJobRequest.newBuilder()
                .setPreparationId(prepared.getPreparationId())
                .setRetrievalToken(prepared.getStagingSessionToken())
                .build())
        .getJobId();
  }

  /** Calls that the server answers at once. */
  private JobServiceGrpc.JobServiceBlockingStub quick() {
    return JobServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(Math.max(1, options.getJobServerTimeout()), TimeUnit.SECONDS);
  }

  private void end(End end) {
    lastMetrics = metrics();
    ended.complete(end);
    channel.shutdownNow();
  }

  @Override
  public void cancel() {
    if (!ended.isDone() && !jobId.isEmpty()) {
      JobServiceGrpc.newFutureStub(channel)
          .cancel(JobApi.CancelJobRequest.newBuilder().setJobId(jobId).build());
    }
  }

  @Override
  public void drain() {
    if (!ended.isDone() && !jobId.isEmpty()) {
      JobServiceGrpc.newFutureStub(channel)
          .drain(JobApi.DrainJobRequest.newBuilder().setJobId(jobId).build());
    }
  }

  @Override
  public CompletableFuture<End> ended() {
    return ended;
  }

  /**
   * As the server says now; once the job has ended, or if the server is silent, as it said last.
   */
  @Override
  public MetricsContainerStepMap attemptedMetrics() {
    return JobMetrics.containers(metrics().getAttemptedList());
  }

  /** As {@link #attemptedMetrics}. */
  @Override
  public MetricsContainerStepMap committedMetrics() {
    return JobMetrics.containers(metrics().getCommittedList());
  }

  private JobApi.MetricResults metrics() {
    if (ended.isDone() || jobId.isEmpty()) {
      return lastMetrics;
    }
    try {
      lastMetrics =
          JobServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(METRICS_SECONDS, TimeUnit.SECONDS)
              .getJobMetrics(JobApi.GetJobMetricsRequest.newBuilder().setJobId(jobId).build())
              .getMetrics();
    } catch (StatusRuntimeException e) {
      LOG.warn("The metrics of job {} cannot be had: {}", options.getJobName(), e.getStatus());
    }
    return lastMetrics;
  }

  /** Nothing is known of it here but what the metrics tell. */
  @Override
  public Progress progress() {
    return new Progress(0, 0, Long.MIN_VALUE, List.of());
  }
}
