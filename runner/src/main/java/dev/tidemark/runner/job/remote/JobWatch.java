package dev.tidemark.runner.job.remote;

import dev.tidemark.runner.epoch.Execution.End;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Channel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the messages of a job to its end. If the connection breaks, it waits for the server for a
 * while, and goes on where it was.
 *
 * <p>Thread-safe; what the server says comes on threads of the channel, one after the other.
 */
final class JobWatch {
  private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);
  private static final int PATIENCE_SECONDS = 30;

  private final Channel channel;
  private final String endpoint;
  private final String jobId;
  private final JobMessages messages;
  private final Consumer<? super End> whenEnded;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * A watch that has not begun.
   *
   * @param whenEnded is told the end, once
   */
  JobWatch(
      Channel channel,
      String endpoint,
      String jobId,
      String jobName,
      Consumer<? super End> whenEnded) {
    this.channel = channel;
    this.endpoint = endpoint;
    this.jobId = jobId;
    this.messages = new JobMessages(jobName);
    this.whenEnded = whenEnded;
  }

  /** Begins, or goes on after the connection was lost. */
  void start() {
    JobServiceGrpc.newStub(channel)
        .getMessageStream(
            JobApi.JobMessagesRequest.newBuilder().setJobId(jobId).build(), new Stream());
  }

  private void end(End end) {
    if (ended.compareAndSet(false, true)) {
      whenEnded.accept(end);
    }
  }

  private void lost(Throwable reason) {
    end(
        new End.Failed(
            null,
            new RemoteJobException(
                "The job server at %s is gone, or does not know the job any more: %s"
                    .formatted(endpoint, reason.getMessage()),
                reason)));
  }

  /** Waits for the server to come back. */
  private void reconnect(Throwable reason) {
    LOG.warn("The connection to the job server at {} is lost; waiting for it", endpoint, reason);
    try {
      JobServiceGrpc.newBlockingStub(channel)
          .withWaitForReady()
          .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .getState(JobApi.GetJobStateRequest.newBuilder().setJobId(jobId).build());
    } catch (StatusRuntimeException e) {
      lost(e);
      return;
    }
    messages.replayed();
    start();
  }

  private final class Stream implements StreamObserver<JobMessagesResponse> {
    @Override
    public void onNext(JobMessagesResponse response) {
      if (response.hasMessageResponse()) {
        messages.add(response.getMessageResponse());
        return;
      }
      switch (response.getStateResponse().getState()) {
        case DONE -> end(new End.Done());
        case DRAINED -> end(new End.Drained());
        case CANCELLED -> end(new End.Cancelled());
        case FAILED -> end(new End.Failed(null, new RemoteJobException(messages.error())));
        default -> {}
      }
    }

    @Override
    public void onError(Throwable reason) {
      if (ended.get()) {
        return;
      }
      if (Status.fromThrowable(reason).getCode() == Status.Code.UNAVAILABLE) {
        reconnect(reason);
      } else {
        lost(reason);
      }
    }

    @Override
    public void onCompleted() {
      if (!ended.get()) {
        lost(new IllegalStateException("it ended the messages of the job without its last state"));
      }
    }
  }
}
