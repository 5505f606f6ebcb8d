package dev.tidemark.portability.server;

import dev.tidemark.portability.grpc.BearerToken;
import dev.tidemark.portability.grpc.GrpcChannels;
import dev.tidemark.portability.grpc.GrpcMethods;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks to the JVM of a job, in the messages of the Job API.
 *
 * <p>Thread-safe.
 */
final class JvmConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JvmConnection.class);
  private static final int METRICS_SECONDS = 5;

  private final ManagedChannel channel;
  private final Channel authorized;

  JvmConnection(String endpoint, String token) {
    this.channel = GrpcChannels.plaintext(endpoint);
    this.authorized = ClientInterceptors.intercept(channel, new BearerToken(token).forClient());
  }

  /**
   * Runs the job.
   *
   * @param listener hears of all but the end
   * @param whenEnded is told the end of the job
   * @param whenLost is told that the connection is lost before that
   */
  void run(JobListener listener, Consumer<? super JobEnd> whenEnded, Runnable whenLost) {
    ClientCalls.asyncServerStreamingCall(
        call(JobServiceGrpc.getGetMessageStreamMethod(), CallOptions.DEFAULT),
        JobApi.JobMessagesRequest.getDefaultInstance(),
        new Messages(listener, whenEnded, whenLost));
  }

  void cancel() {
    ClientCalls.futureUnaryCall(
        call(JobServiceGrpc.getCancelMethod(), CallOptions.DEFAULT),
        JobApi.CancelJobRequest.getDefaultInstance());
  }

  void drain() {
    ClientCalls.futureUnaryCall(
        call(JobServiceGrpc.getDrainMethod(), CallOptions.DEFAULT),
        JobApi.DrainJobRequest.getDefaultInstance());
  }

  /** The metrics as of now; null if the JVM does not answer. */
  JobApi.@Nullable MetricResults metrics() {
    try {
      return ClientCalls.blockingUnaryCall(
              authorized,
              GrpcMethods.of(JobServiceGrpc.getGetJobMetricsMethod()),
              CallOptions.DEFAULT.withDeadlineAfter(METRICS_SECONDS, TimeUnit.SECONDS),
              JobApi.GetJobMetricsRequest.getDefaultInstance())
          .getMetrics();
    } catch (StatusRuntimeException e) {
      LOG.debug("The JVM of a job gives no metrics", e);
      return null;
    }
  }

  private <Q, R> ClientCall<Q, R> call(MethodDescriptor<Q, R> method, CallOptions options) {
    return authorized.newCall(GrpcMethods.of(method), options);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** Called by the channel, one message after the other. */
  private static final class Messages implements StreamObserver<JobMessagesResponse> {
    private final JobListener listener;
    private final Consumer<? super JobEnd> whenEnded;
    private final Runnable whenLost;
    private String error = "The JVM of the job does not say why it failed.";

    Messages(JobListener listener, Consumer<? super JobEnd> whenEnded, Runnable whenLost) {
      this.listener = listener;
      this.whenEnded = whenEnded;
      this.whenLost = whenLost;
    }

    @Override
    public void onNext(JobMessagesResponse response) {
      if (response.hasMessageResponse()) {
        // It sends no others; what else there is to say it writes to its output.
        error = response.getMessageResponse().getMessageText();
        return;
      }
      switch (response.getStateResponse().getState()) {
        case RUNNING -> listener.running();
        case DONE -> whenEnded.accept(new JobEnd.Done());
        case DRAINED -> whenEnded.accept(new JobEnd.Drained());
        case CANCELLED -> whenEnded.accept(new JobEnd.Cancelled());
        case FAILED -> whenEnded.accept(new JobEnd.Failed(error));
        default -> {}
      }
    }

    @Override
    public void onError(Throwable reason) {
      // Most likely the JVM has ended.
      LOG.debug("The connection to the JVM of a job is lost", reason);
      whenLost.run();
    }

    @Override
    public void onCompleted() {}
  }
}
