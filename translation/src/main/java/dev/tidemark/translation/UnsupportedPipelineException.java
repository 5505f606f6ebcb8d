package dev.tidemark.translation;

import dev.tidemark.translation.rewrite.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A pipeline cannot be run; tells everything that is wrong with it at once. */
public final class UnsupportedPipelineException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final List<Problem> problems;

  /** Lists {@code problems} in the message. */
  public UnsupportedPipelineException(List<Problem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order of the pipeline. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(List<Problem> problems) {
    return problems.stream()
        .map(problem -> "\n  - " + problem)
        .collect(Collectors.joining("", "The pipeline cannot be run by Tidemark:", ""));
  }
}
