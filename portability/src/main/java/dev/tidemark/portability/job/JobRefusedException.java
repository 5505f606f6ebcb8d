package dev.tidemark.portability.job;

import java.util.List;

/** A job cannot be run as it is; tells everything that is wrong with it at once. */
public final class JobRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final List<String> problems;

  /** Refuses a job for reasons that its author understands, at least one. */
  public JobRefusedException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong. */
  public List<String> problems() {
    return problems;
  }
}
