package dev.tidemark.runner.job.remote;

import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;

/** What a failed call means to the author of a job. */
final class StatusText {
  private StatusText() {}

  static String of(StatusRuntimeException failure, String endpoint) {
    Status status = failure.getStatus();
    String said = String.valueOf(status.getDescription());
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          "The job server at %s does not answer (%s); is it running, and does it want TLS?"
              .formatted(endpoint, said);
      case UNAUTHENTICATED ->
          "The job server at %s wants a token: give its file with --jobServerTokenFile. It says: %s"
              .formatted(endpoint, said);
      default -> said;
    };
  }
}
