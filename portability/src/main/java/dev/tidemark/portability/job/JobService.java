package dev.tidemark.portability.job;

import dev.tidemark.portability.grpc.GrpcService;
import dev.tidemark.portability.job.artifact.ArtifactRefusedException;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;

/**
 * Beam's Job API over a {@link JobRegistry}.
 *
 * <p>Whatever asks for a job by the id of its preparation is told NOT_FOUND, also its streams:
 * Python's client tries that first, under a deadline, and opens them anew without one when it has
 * run the job.
 *
 * <p>Thread-safe.
 */
public final class JobService {
  private final JobRegistry jobs;
  private final JobLimits limits;
  private final Supplier<String> stagingEndpoint;
  private final List<JobApi.PipelineOptionDescriptor> options;

  /**
   * The service.
   *
   * @param stagingEndpoint where clients reach the staging service, {@code host:port}
   * @param options what clients may be told of the options of this runner
   */
  public JobService(
      JobRegistry jobs,
      JobLimits limits,
      Supplier<String> stagingEndpoint,
      List<JobApi.PipelineOptionDescriptor> options) {
    this.jobs = jobs;
    this.limits = limits;
    this.stagingEndpoint = stagingEndpoint;
    this.options = List.copyOf(options);
  }

  /** What a server offers. */
  public ServerServiceDefinition service() {
    return GrpcService.of(JobServiceGrpc.getServiceDescriptor())
        .unary(JobServiceGrpc.getPrepareMethod(), this::prepare)
        .unary(JobServiceGrpc.getRunMethod(), this::run)
        .unary(JobServiceGrpc.getGetJobsMethod(), request -> list())
        .unary(JobServiceGrpc.getGetStateMethod(), request -> job(request.getJobId()).state())
        .unary(JobServiceGrpc.getGetPipelineMethod(), this::pipeline)
        .unary(JobServiceGrpc.getCancelMethod(), this::cancel)
        .unary(JobServiceGrpc.getDrainMethod(), this::drain)
        .unary(JobServiceGrpc.getGetJobMetricsMethod(), this::metrics)
        .unary(JobServiceGrpc.getDescribePipelineOptionsMethod(), request -> describe())
        .serverStream(JobServiceGrpc.getGetStateStreamMethod(), this::states)
        .serverStream(JobServiceGrpc.getGetMessageStreamMethod(), this::messages)
        .build();
  }

  private JobApi.PrepareJobResponse prepare(JobApi.PrepareJobRequest request) {
    if (request.getSerializedSize() > limits.prepareBytes()) {
      throw failure(
          Status.RESOURCE_EXHAUSTED,
          "The pipeline has %d bytes; this server takes %d (--max-pipeline-mb)."
              .formatted(request.getSerializedSize(), limits.prepareBytes()));
    }
    try {
      PreparedJob job =
          jobs.prepare(request.getJobName(), request.getPipeline(), request.getPipelineOptions());
      return JobApi.PrepareJobResponse.newBuilder()
          .setPreparationId(job.preparationId())
          .setStagingSessionToken(job.stagingToken())
          .setArtifactStagingEndpoint(
              ApiServiceDescriptor.newBuilder().setUrl(stagingEndpoint.get()))
          .build();
    } catch (JobRefusedException e) {
      throw failure(
          Status.INVALID_ARGUMENT,
          StatusTexts.list("The pipeline cannot be run by Tidemark:", e.problems()));
    } catch (TooManyJobsException e) {
      throw failure(Status.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()));
    }
  }

  private JobApi.RunJobResponse run(JobApi.RunJobRequest request) {
    try {
      Job job =
          jobs.run(request.getPreparationId())
              .orElseThrow(
                  () ->
                      failure(
                          Status.NOT_FOUND,
                          "No such job is prepared; it may have waited too long, or run already."));
      return JobApi.RunJobResponse.newBuilder().setJobId(job.description().jobId()).build();
    } catch (ArtifactRefusedException e) {
      throw failure(Status.FAILED_PRECONDITION, String.valueOf(e.getMessage()));
    }
  }

  private JobApi.GetJobsResponse list() {
    JobApi.GetJobsResponse.Builder response = JobApi.GetJobsResponse.newBuilder();
    int room = limits.clientMessageBytes();
    for (Job job : jobs.jobs()) {
      JobApi.JobInfo info = info(job);
      room -= info.getSerializedSize() + 8;
      if (room < 0) {
        break;
      }
      response.addJobInfo(info);
    }
    return response.build();
  }

  private static JobApi.JobInfo info(Job job) {
    return JobApi.JobInfo.newBuilder()
        .setJobId(job.description().jobId())
        .setJobName(job.description().jobName())
        .setPipelineOptions(job.description().options())
        .setState(job.state().getState())
        .build();
  }

  private JobApi.GetJobPipelineResponse pipeline(JobApi.GetJobPipelineRequest request) {
    return JobApi.GetJobPipelineResponse.newBuilder()
        .setPipeline(job(request.getJobId()).description().pipeline())
        .build();
  }

  private JobApi.CancelJobResponse cancel(JobApi.CancelJobRequest request) {
    return JobApi.CancelJobResponse.newBuilder().setState(job(request.getJobId()).cancel()).build();
  }

  private JobApi.DrainJobResponse drain(JobApi.DrainJobRequest request) {
    return JobApi.DrainJobResponse.newBuilder().setState(job(request.getJobId()).drain()).build();
  }

  private JobApi.GetJobMetricsResponse metrics(JobApi.GetJobMetricsRequest request) {
    return JobApi.GetJobMetricsResponse.newBuilder()
        .setMetrics(job(request.getJobId()).metrics())
        .build();
  }

  private JobApi.DescribePipelineOptionsResponse describe() {
    return JobApi.DescribePipelineOptionsResponse.newBuilder().addAllOptions(options).build();
  }

  private void states(
      JobApi.GetJobStateRequest request, StreamObserver<JobApi.JobStateEvent> events) {
    Job job = job(request.getJobId());
    // Nothing is ever left out of the states, so there is nothing to say of it.
    JournalStream.start(job.journals().states(), event -> event, missed -> job.state(), events);
  }

  private void messages(
      JobApi.JobMessagesRequest request, StreamObserver<JobApi.JobMessagesResponse> responses) {
    JobJournals journals = job(request.getJobId()).journals();
    JournalStream.start(journals.messages(), message -> message, journals::missed, responses);
  }

  private Job job(String jobId) {
    return jobs.job(jobId)
        .orElseThrow(
            () ->
                failure(
                    Status.NOT_FOUND,
                    "No job "
                        + StatusTexts.of("'" + jobId + "'")
                        + " has been run here, or it was forgotten since."));
  }

  private static StatusRuntimeException failure(Status status, String text) {
    return status.withDescription(StatusTexts.of(text)).asRuntimeException();
  }
}
