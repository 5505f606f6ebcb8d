package dev.tidemark.portability.job;

/**
 * How a run ended.
 *
 * <p>Immutable.
 */
public sealed interface JobEnd {

  /** All is processed. */
  record Done() implements JobEnd {}

  /** It was drained, and what was in flight is processed. */
  record Drained() implements JobEnd {}

  /** It was cancelled. */
  record Cancelled() implements JobEnd {}

  /**
   * It failed.
   *
   * @param error what the author of the job is shown: the transform by its name, the stack trace of
   *     the user's function as its SDK wrote it, and what a lost worker said last
   */
  record Failed(String error) implements JobEnd {}
}
