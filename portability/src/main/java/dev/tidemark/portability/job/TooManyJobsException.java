package dev.tidemark.portability.job;

/** More jobs are prepared, and not run, than the server has room for. */
final class TooManyJobsException extends Exception {
  private static final long serialVersionUID = 1;

  TooManyJobsException() {
    super(
        "Too many jobs are prepared and were not run yet. Try again later, or raise the server's "
            + "--max-prepared-jobs.");
  }
}
