package dev.tidemark.runner.deadletter;

import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.stage.FailedElement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often each element has failed in the runs of one job, and gives up those that did too
 * often: first they are written to the file, then left out. What is counted is bounded; who is left
 * out is forgotten when that is committed.
 *
 * <p>Thread-safe.
 */
public final class DeadLetterBook implements DeadLetters {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterBook.class);

  /** How many elements may be failing at the same time, before the job is taken to. */
  private static final int MOST_COUNTED = 100;

  private final String jobName;
  private final DeadLetterFile file;
  private final int tries;
  private final int limit;
  private final Map<FailedElement.Identity, Integer> failures = new HashMap<>();
  private final Map<FailedElement.Identity, GivenUp> givenUp = new HashMap<>();
  private int written;

  /** Those with elements that are left out; asked for every element, so without the lock. */
  private volatile Set<String> transforms = Set.of();

  /** How many equal elements were given up, and how many of them this run has left out. */
  private static final class GivenUp {
    private int count;
    private int leftOut;
  }

  private DeadLetterBook(String jobName, DeadLetterFile file, int tries, int limit) {
    this.jobName = jobName;
    this.file = file;
    this.tries = tries;
    this.limit = limit;
  }

  /**
   * Opens a book.
   *
   * @param path of the file, which is made if it is not there, and only ever gets longer
   * @param tries how often processing an element fails until it is given up
   * @param limit how many elements are given up at most
   * @throws IllegalArgumentException if the file cannot be written
   */
  public static DeadLetterBook open(String jobName, Path path, int tries, int limit) {
    DeadLetterFile file = new DeadLetterFile(path);
    try {
      file.make();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--deadLetterFile=" + path + " cannot be written: " + e, e);
    }
    return new DeadLetterBook(jobName, file, tries, limit);
  }

  @Override
  public synchronized Outcome failed(FailedElement element, Throwable error) throws IOException {
    FailedElement.Identity identity = element.identity();
    int count = failures.getOrDefault(identity, 0) + 1;
    if (count < tries) {
      if (!failures.containsKey(identity) && failures.size() >= MOST_COUNTED) {
        return Outcome.TOO_MANY;
      }
      failures.put(identity, count);
      return Outcome.COUNTED;
    }
    if (written >= limit) {
      return Outcome.TOO_MANY;
    }
    // It has to be on the disk before anything is committed without the element.
    file.append(LetterText.of(jobName, element, count, error));
    written++;
    failures.remove(identity);
    givenUp.computeIfAbsent(identity, any -> new GivenUp()).count++;
    noteTransforms();
    LOG.error(
        "an element of {} has failed {} times; it is in {} and left out now: {}",
        identity.transform(),
        count,
        file.path(),
        element.text(),
        error);
    return Outcome.GIVEN_UP;
  }

  /** A run begins, after all that the one before has done was committed or discarded. */
  public synchronized void beginRun() {
    givenUp.values().forEach(entry -> entry.leftOut = 0);
  }

  /** The job has been well for so long that what failed before does not count any more. */
  public synchronized void forgetFailures() {
    failures.clear();
    written = 0;
  }

  private void noteTransforms() {
    transforms =
        givenUp.keySet().stream()
            .map(FailedElement.Identity::transform)
            .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public boolean areKept() {
    return true;
  }

  @Override
  public boolean anyOf(String transform) {
    return transforms.contains(transform);
  }

  @Override
  public synchronized boolean leaveOut(FailedElement.Identity element) {
    GivenUp entry = givenUp.get(element);
    if (entry == null || entry.leftOut == entry.count) {
      return false;
    }
    entry.leftOut++;
    return true;
  }

  @Override
  public synchronized void committed(FailedElement.Identity element) {
    GivenUp entry = givenUp.get(element);
    if (entry != null) {
      entry.leftOut--;
      entry.count--;
      if (entry.count == 0) {
        givenUp.remove(element);
        noteTransforms();
      }
    }
  }
}
