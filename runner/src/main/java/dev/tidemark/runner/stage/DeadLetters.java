package dev.tidemark.runner.stage;

import java.io.IOException;

/**
 * The elements of a job that are left out from now on, because their processing has failed too
 * often.
 *
 * <p>Thread-safe.
 */
public interface DeadLetters {
  /** A job whose elements are never left out. */
  DeadLetters NONE =
      new DeadLetters() {
        @Override
        public boolean areKept() {
          return false;
        }

        @Override
        public boolean anyOf(String transform) {
          return false;
        }

        @Override
        public boolean leaveOut(FailedElement.Identity element) {
          return false;
        }

        @Override
        public void committed(FailedElement.Identity element) {}

        @Override
        public Outcome failed(FailedElement element, Throwable error) {
          return Outcome.TOO_MANY;
        }
      };

  /** What became of a failure. */
  enum Outcome {
    /** It is counted; the element may fare better at another try. */
    COUNTED,
    /** It was one too many: the element is in the file, and is left out from now on. */
    GIVEN_UP,
    /** Nothing: so many elements fail, or were given up, that the job fails rather than they. */
    TOO_MANY
  }

  /** Whether failures are to say which element they came with. */
  boolean areKept();

  /** Whether an element of a transform is to be left out; cheap, and asked for every element. */
  boolean anyOf(String transform);

  /**
   * Whether an element is to be left out. As often as it is, {@link #committed} has to follow when
   * the epoch is committed: of elements that are equal, one is left out for each time that it was
   * given up.
   */
  boolean leaveOut(FailedElement.Identity element);

  /** Tells that an element was left out in an epoch that is committed: it does not come again. */
  void committed(FailedElement.Identity element);

  /**
   * Takes note of a failure.
   *
   * @param error what the function threw
   * @throws IOException if the element is to be given up, and the file cannot be written
   */
  Outcome failed(FailedElement element, Throwable error) throws IOException;
}
