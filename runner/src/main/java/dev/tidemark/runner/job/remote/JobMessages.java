package dev.tidemark.runner.job.remote;

import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows in the log what a server says of a job, each message once, and remembers why it failed.
 *
 * <p>Thread-safe.
 */
final class JobMessages {
  private static final Logger LOG = LoggerFactory.getLogger(JobMessages.class);

  private final String jobName;
  private @Nullable String lastId;
  private @Nullable String replayedUntil;
  private @Nullable String lastError;

  JobMessages(String jobName) {
    this.jobName = jobName;
  }

  /** The stream begins anew: what comes was seen already, up to the last message so far. */
  synchronized void replayed() {
    replayedUntil = lastId;
  }

  synchronized void add(JobMessage message) {
    if (replayedUntil != null) {
      if (message.getMessageId().equals(replayedUntil)) {
        replayedUntil = null;
      }
      return;
    }
    lastId = message.getMessageId();
    String text = message.getMessageText();
    switch (message.getImportance()) {
      case JOB_MESSAGE_DEBUG -> LOG.debug("Job {}: {}", jobName, text);
      case JOB_MESSAGE_WARNING -> LOG.warn("Job {}: {}", jobName, text);
      // Whoever waits for the job is thrown it.
      case JOB_MESSAGE_ERROR -> lastError = text;
      default -> LOG.info("Job {}: {}", jobName, text);
    }
  }

  /** Why the job failed, as its server says. */
  synchronized String error() {
    return lastError == null ? "The server does not say why." : lastError;
  }
}
