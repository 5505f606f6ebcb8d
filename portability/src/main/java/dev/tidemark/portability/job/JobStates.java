package dev.tidemark.portability.job;

import java.time.Instant;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Timestamp;

/** The states of the Job API. */
final class JobStates {
  private JobStates() {}

  static JobStateEvent event(JobState.Enum state, Instant at) {
    return JobStateEvent.newBuilder()
        .setState(state)
        .setTimestamp(Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()))
        .build();
  }

  static JobState.Enum of(JobEnd end) {
    if (end instanceof JobEnd.Done) {
      return JobState.Enum.DONE;
    }
    if (end instanceof JobEnd.Drained) {
      return JobState.Enum.DRAINED;
    }
    return end instanceof JobEnd.Cancelled ? JobState.Enum.CANCELLED : JobState.Enum.FAILED;
  }

  /** Whether a request to cancel or to drain may still change anything. */
  static boolean active(JobState.Enum state) {
    return state == JobState.Enum.STARTING
        || state == JobState.Enum.RUNNING
        || state == JobState.Enum.DRAINING;
  }
}
