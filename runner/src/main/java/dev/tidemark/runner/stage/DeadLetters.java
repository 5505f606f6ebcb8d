package dev.tidemark.runner.stage;

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
      };

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
}
