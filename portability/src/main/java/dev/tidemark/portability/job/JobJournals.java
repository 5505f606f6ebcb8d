package dev.tidemark.portability.job;

import dev.tidemark.portability.text.Truncation;
import java.time.InstantSource;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;

/**
 * What clients can read of a job: its states, and its messages with its states among them. Both are
 * written so that a client which sees the end has the reason for it: first the error, then the
 * state on the stream of messages, then on the stream of states.
 *
 * <p>Thread-safe; calls from several threads must not rely on an order.
 */
final class JobJournals {
  private static final int MAX_CHARACTERS = 32_000;
  private static final int MAX_ERROR_CHARACTERS = 250_000;
  private static final int MESSAGE_OVERHEAD = 200;

  private final String idPrefix;
  private final InstantSource clock;
  private final Journal<JobStateEvent> states = new Journal<>(Long.MAX_VALUE);
  private final Journal<JobMessagesResponse> messages;
  private long written;

  /**
   * Of one job.
   *
   * @param jobId is in the ids of its messages, so that no other text has them by chance
   * @param historyBytes how much of the messages is kept
   */
  JobJournals(String jobId, InstantSource clock, int historyBytes) {
    this.idPrefix = jobId + "-message-";
    this.clock = clock;
    this.messages = new Journal<>(historyBytes);
  }

  Journal<JobStateEvent> states() {
    return states;
  }

  Journal<JobMessagesResponse> messages() {
    return messages;
  }

  /** A new state. */
  JobStateEvent state(JobState.Enum state) {
    JobStateEvent event = JobStates.event(state, clock.instant());
    messages.append(
        JobMessagesResponse.newBuilder().setStateResponse(event).build(), MESSAGE_OVERHEAD);
    states.append(event, 1);
    return event;
  }

  /** The last state. */
  JobStateEvent end(JobState.Enum state) {
    JobStateEvent event = JobStates.event(state, clock.instant());
    messages.append(
        JobMessagesResponse.newBuilder().setStateResponse(event).build(), MESSAGE_OVERHEAD);
    messages.close();
    states.append(event, 1);
    states.close();
    return event;
  }

  /**
   * A message, unless it quotes the id of one. Go's client logs messages with their ids, and with
   * LOOPBACK shares its logger with the worker: each would come back from there as a new one, for
   * as long as the job runs.
   */
  void message(JobListener.Level level, String text) {
    if (text.contains(idPrefix)) {
      return;
    }
    String shortened = Truncation.ends(text, MAX_CHARACTERS);
    write(importance(level), shortened, shortened.length());
  }

  /**
   * The reason of a failure; to be called once, before the end. It does not count towards what is
   * kept, as it would be the first to go when the end is written.
   */
  void error(String text) {
    write(MessageImportance.JOB_MESSAGE_ERROR, Truncation.ends(text, MAX_ERROR_CHARACTERS), 0);
  }

  /** What is read in place of messages that are not kept any more. */
  JobMessagesResponse missed(long count) {
    return JobMessagesResponse.newBuilder()
        .setMessageResponse(
            JobMessage.newBuilder()
                .setMessageId(idPrefix + "missed")
                .setTime(clock.instant().toString())
                .setImportance(MessageImportance.JOB_MESSAGE_BASIC)
                .setMessageText(count + " older messages of this job are not kept any more."))
        .build();
  }

  private void write(MessageImportance importance, String text, int weight) {
    JobMessagesResponse message =
        JobMessagesResponse.newBuilder()
            .setMessageResponse(
                JobMessage.newBuilder()
                    .setMessageId(idPrefix + number())
                    .setTime(clock.instant().toString())
                    .setImportance(importance)
                    .setMessageText(text))
            .build();
    messages.append(message, MESSAGE_OVERHEAD + weight);
  }

  private synchronized long number() {
    return written++;
  }

  private static MessageImportance importance(JobListener.Level level) {
    return switch (level) {
      case DEBUG -> MessageImportance.JOB_MESSAGE_DEBUG;
      case DETAILED -> MessageImportance.JOB_MESSAGE_DETAILED;
      case BASIC -> MessageImportance.JOB_MESSAGE_BASIC;
      case WARNING -> MessageImportance.JOB_MESSAGE_WARNING;
    };
  }
}
