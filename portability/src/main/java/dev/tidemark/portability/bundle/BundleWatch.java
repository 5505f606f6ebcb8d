package dev.tidemark.portability.bundle;

import dev.tidemark.portability.text.Truncation;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import dev.tidemark.portability.worker.WorkerLostException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Keeps an eye on one try of a bundle: asks for its progress, reports one that takes long, and
 * gives up a worker that has gone silent. Its clock runs only while the lane waits for the bundle.
 *
 * <p>Owned by the lane.
 */
final class BundleWatch {
  private static final int STATUS_CHARACTERS = 20_000;

  private final Rules rules;
  private final SdkWorker worker;
  private final WorkerBundle bundle;
  private long waited;
  private long nextQuestion;
  private long asked = Long.MAX_VALUE;
  private long nextReport;

  /**
   * What holds for all bundles of a node.
   *
   * @param transform its full name, for messages
   * @param limits times
   * @param answers whether the SDK says that it answers such questions while a bundle runs; if not,
   *     its silence means nothing
   * @param warnings takes what the author of the job should know, from any thread
   */
  record Rules(String transform, Supervision limits, boolean answers, Consumer<String> warnings) {

    /** Begins to watch. */
    BundleWatch watch(SdkWorker worker, WorkerBundle bundle) {
      return new BundleWatch(this, worker, bundle);
    }
  }

  private BundleWatch(Rules rules, SdkWorker worker, WorkerBundle bundle) {
    this.rules = rules;
    this.worker = worker;
    this.bundle = bundle;
    this.nextQuestion = rules.limits().progress().toNanos();
    this.nextReport = rules.limits().slow().toNanos();
  }

  /** How long to wait for an event until {@link #look} has something to do. */
  long nanosLeft() {
    return Math.max(1, Math.min(nextQuestion, nextReport) - waited);
  }

  /** The lane has waited, and an event came, or none. */
  void waited(long nanos, boolean heard) {
    waited += nanos;
    if (heard && asked != Long.MAX_VALUE) {
      asked = Long.MAX_VALUE;
      nextQuestion = waited + rules.limits().progress().toNanos();
    }
  }

  /**
   * Does what is due.
   *
   * @throws WorkerLostException if the worker was given up
   */
  void look() throws WorkerLostException {
    if (waited >= nextQuestion) {
      question();
    }
    if (waited >= nextReport) {
      nextReport = 2 * waited;
      report(Duration.ofNanos(waited));
    }
    Duration limit = rules.limits().limit();
    if (!limit.isZero() && waited >= limit.toNanos()) {
      throw giveUp("A bundle has not come to its end in " + seconds(limit));
    }
  }

  private void question() throws WorkerLostException {
    nextQuestion = waited + rules.limits().progress().toNanos();
    if (!rules.answers()) {
      return;
    }
    Duration silence = rules.limits().silence();
    if (asked == Long.MAX_VALUE) {
      asked = waited;
      bundle.progress();
    } else if (!silence.isZero() && waited - asked >= silence.toNanos()) {
      throw giveUp("It has said nothing for " + seconds(silence) + " while a bundle ran in it");
    }
  }

  private WorkerLostException giveUp(String reason) {
    return new WorkerLostException(worker.abandon(reason));
  }

  private void report(Duration time) {
    String found =
        "%s: a bundle has been running for %s in SDK harness %s (%s)"
            .formatted(rules.transform(), seconds(time), worker, bundle.instructionId());
    var unused =
        worker
            .status()
            .handle(
                (status, none) -> {
                  rules
                      .warnings()
                      .accept(
                          none == null
                              ? found + "\n" + Truncation.head(status, STATUS_CHARACTERS)
                              : found);
                  return null;
                });
  }

  private static String seconds(Duration time) {
    return time.toSeconds() < 1 ? time.toMillis() + " ms" : time.toSeconds() + " s";
  }
}
