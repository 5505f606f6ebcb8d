package dev.tidemark.portability.environment;

/**
 * What launchers say to the author of a job.
 *
 * <p>Thread-safe; nothing here blocks or throws.
 */
public interface JobLog {

  /** Something worth knowing now: why the job waits. */
  void progress(String text);

  /** A line of what a worker's process writes by itself, beside its log. */
  void output(String worker, String line);
}
