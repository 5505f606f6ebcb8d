package dev.tidemark.runner.job.remote;

/**
 * A job server has refused a job, cannot be reached, or says that the job failed. The message is
 * what the server says, with the stack trace of the user's function as text.
 *
 * <p>Immutable.
 */
public final class RemoteJobException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RemoteJobException(String message) {
    super(message);
  }

  RemoteJobException(String message, Throwable cause) {
    super(message, cause);
  }
}
