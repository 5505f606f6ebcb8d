package dev.tidemark.runner.job.jvm;

import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/**
 * The part of Beam's Job API that a job's own JVM offers: its messages, the first request for which
 * starts it, its metrics, and requests to end. Job ids are not looked at, as there is one job.
 *
 * <p>Thread-safe.
 */
final class JobJvmService extends JobServiceGrpc.JobServiceImplBase {
  private final JobRun run;

  JobJvmService(JobRun run) {
    this.run = run;
  }

  @Override
  public void getMessageStream(
      JobApi.JobMessagesRequest request, StreamObserver<JobApi.JobMessagesResponse> messages) {
    run.start(messages);
  }

  @Override
  public void getJobMetrics(
      JobApi.GetJobMetricsRequest request, StreamObserver<JobApi.GetJobMetricsResponse> response) {
    response.onNext(JobApi.GetJobMetricsResponse.newBuilder().setMetrics(run.metrics()).build());
    response.onCompleted();
  }

  @Override
  public void cancel(
      JobApi.CancelJobRequest request, StreamObserver<JobApi.CancelJobResponse> response) {
    run.cancel();
    response.onNext(
        JobApi.CancelJobResponse.newBuilder().setState(JobState.Enum.CANCELLING).build());
    response.onCompleted();
  }

  @Override
  public void drain(
      JobApi.DrainJobRequest request, StreamObserver<JobApi.DrainJobResponse> response) {
    run.drain();
    response.onNext(JobApi.DrainJobResponse.newBuilder().setState(JobState.Enum.DRAINING).build());
    response.onCompleted();
  }
}
