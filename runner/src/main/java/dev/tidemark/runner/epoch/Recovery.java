package dev.tidemark.runner.epoch;

import dev.tidemark.runner.deadletter.DeadLetterBook;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.stage.TransformException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows a failed try of a job that keeps its state.
 *
 * <p>Owned by the driver's thread.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final String jobName;
  private final RetryPolicy retries;
  private final @Nullable DeadLetterBook letters;

  /** What follows. */
  sealed interface Next {
    /** The job ends. */
    record End(Execution.End end) implements Next {}

    /** It goes on after a while. */
    record GoOn(long delayMillis) implements Next {}
  }

  /**
   * @param letters counts elements that fail; null if the job leaves none out
   */
  Recovery(String jobName, RetryPolicy retries, @Nullable DeadLetterBook letters) {
    this.jobName = jobName;
    this.retries = retries;
    this.letters = letters;
  }

  /** The elements that are left out. */
  DeadLetters deadLetters() {
    return letters == null ? DeadLetters.NONE : letters;
  }

  /**
   * What follows a try.
   *
   * @param ranMillis how long it took
   */
  Next after(Attempt.Outcome outcome, long ranMillis) {
    if (!outcome.retriable()) {
      return new Next.End(outcome.end());
    }
    if (retries.ran(ranMillis) && letters != null) {
      letters.forgetFailures();
    }
    TransformException failed = outcome.failedElement();
    Next next = letters == null || failed == null ? null : afterElement(letters, failed);
    if (letters != null) {
      letters.beginRun();
    }
    return next == null ? afterFailure(outcome) : next;
  }

  /** Null if the failure is to be taken for one of the job. */
  private @Nullable Next afterElement(DeadLetterBook book, TransformException failed) {
    try {
      return switch (book.failed(
          Objects.requireNonNull(failed.element()), Objects.requireNonNull(failed.getCause()))) {
        case COUNTED -> {
          LOG.warn(
              "job {} failed with an element and goes on from its last committed epoch",
              jobName,
              failed);
          yield new Next.GoOn(retries.delay());
        }
        case GIVEN_UP -> {
          retries.relieved();
          yield new Next.GoOn(0);
        }
        case TOO_MANY -> null;
      };
    } catch (IOException e) {
      e.addSuppressed(failed);
      return new Next.End(
          new Execution.End.Failed(
              failed.transform(), new IOException("an element cannot be given up: " + e, e)));
    }
  }

  private Next afterFailure(Attempt.Outcome outcome) {
    Long delay = retries.retry();
    if (delay == null) {
      return new Next.End(outcome.end());
    }
    LOG.warn(
        "job {} failed and goes on from its last committed epoch in {} ms; it may do so {} more"
            + " times",
        jobName,
        delay,
        retries.left(),
        outcome.failure());
    return new Next.GoOn(delay);
  }
}
