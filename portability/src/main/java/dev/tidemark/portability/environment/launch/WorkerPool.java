package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.grpc.GrpcChannels;
import dev.tidemark.portability.grpc.GrpcMethods;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnExternalWorkerPoolGrpc;

/**
 * A worker pool elsewhere. Each call has a connection of its own: there are two in a worker's life.
 *
 * <p>Thread-safe.
 *
 * @param endpoint {@code host:port}
 */
record WorkerPool(String endpoint) {
  private static final long START_SECONDS = 30;
  private static final long STOP_SECONDS = 5;

  /** Has the pool start a worker. */
  void start(BeamFnApi.StartWorkerRequest request) throws LaunchException {
    String error;
    try {
      error =
          call(
                  GrpcMethods.of(BeamFnExternalWorkerPoolGrpc.getStartWorkerMethod()),
                  request,
                  START_SECONDS)
              .getError();
    } catch (StatusRuntimeException e) {
      throw new LaunchException(
          "the worker pool at %s does not start a worker (%s); in LOOPBACK mode it is the program that has submitted the job, which must run as long as the job does"
              .formatted(endpoint, reason(e.getStatus())),
          e);
    }
    if (!error.isEmpty()) {
      throw new LaunchException("the worker pool at " + endpoint + " says: " + error);
    }
  }

  private static String reason(Status status) {
    Throwable cause = status.getCause();
    return cause == null
        ? status.getCode() + ", " + status.getDescription()
        : status.getCode() + ", " + cause.getMessage();
  }

  /** Has the pool stop a worker; a pool that is gone has stopped it already. */
  void stop(String workerId) {
    try {
      call(
          GrpcMethods.of(BeamFnExternalWorkerPoolGrpc.getStopWorkerMethod()),
          BeamFnApi.StopWorkerRequest.newBuilder().setWorkerId(workerId).build(),
          STOP_SECONDS);
    } catch (StatusRuntimeException e) {
      System.getLogger(WorkerPool.class.getName())
          .log(
              System.Logger.Level.DEBUG,
              "The worker pool at " + endpoint + " did not stop a worker: " + e.getStatus());
    }
  }

  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request, long seconds) {
    ManagedChannel channel = GrpcChannels.plaintext(endpoint);
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          method,
          CallOptions.DEFAULT.withDeadlineAfter(seconds, TimeUnit.SECONDS),
          request);
    } finally {
      channel.shutdownNow();
    }
  }
}
