package dev.tidemark.runner.job.jvm;

import dev.tidemark.runner.epoch.Execution.End;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/**
 * What happens to the job, as a stream of messages.
 *
 * <p>Thread-safe.
 */
final class JobEvents {
  private final StreamObserver<JobMessagesResponse> messages;

  JobEvents(StreamObserver<JobMessagesResponse> messages) {
    this.messages = messages;
  }

  synchronized void running() {
    state(JobState.Enum.RUNNING);
  }

  /** The last event: if the job failed, the reason, and in any case the state. */
  synchronized void ended(End end) {
    if (end instanceof End.Failed failed) {
      messages.onNext(
          JobMessagesResponse.newBuilder()
              .setMessageResponse(
                  JobMessage.newBuilder()
                      .setImportance(JobMessage.MessageImportance.JOB_MESSAGE_ERROR)
                      .setMessageText(failed.text()))
              .build());
    }
    state(state(end));
    messages.onCompleted();
  }

  private void state(JobState.Enum state) {
    messages.onNext(
        JobMessagesResponse.newBuilder()
            .setStateResponse(JobStateEvent.newBuilder().setState(state))
            .build());
  }

  private static JobState.Enum state(End end) {
    if (end instanceof End.Done) {
      return JobState.Enum.DONE;
    }
    if (end instanceof End.Drained) {
      return JobState.Enum.DRAINED;
    }
    return end instanceof End.Cancelled ? JobState.Enum.CANCELLED : JobState.Enum.FAILED;
  }
}
