package dev.tidemark.runner.job;

import java.util.Optional;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A job failed. The cause is the very object that the user's code threw.
 *
 * <p>Immutable.
 */
public final class JobFailedException extends PipelineExecutionException {
  private static final long serialVersionUID = 1;

  private final String jobName;
  private final @Nullable String transform;
  private final Throwable thrown;

  JobFailedException(String jobName, @Nullable String transform, Throwable cause) {
    super(cause);
    this.jobName = jobName;
    this.transform = transform;
    this.thrown = cause;
  }

  /** The full name of the transform that failed, if one is to blame. */
  public Optional<String> transform() {
    return Optional.ofNullable(transform);
  }

  @Override
  public String getMessage() {
    return transform == null
        ? "Job " + jobName + " failed: " + thrown
        : "Transform " + transform + " failed: " + thrown;
  }
}
