package dev.tidemark.runner.epoch;

import dev.tidemark.runner.deadletter.DeadLetterBook;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@link ExecutionOptions#getDeadLetterFile} and its like ask for. */
final class DeadLetterOptions {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterOptions.class);

  private DeadLetterOptions() {}

  /**
   * The book of a job; null if it is to leave no elements out.
   *
   * @throws IllegalArgumentException if the job cannot, or the file cannot be written
   */
  static @Nullable DeadLetterBook book(StageGraph graph, ExecutionOptions options, String jobName) {
    String file = options.getDeadLetterFile();
    if (file == null) {
      if (options.isDeadLetters()) {
        throw new IllegalArgumentException(
            "--deadLetters needs a job that keeps its state: give --stateDir or --stateName");
      }
      return null;
    }
    String objection = KeptJobs.objection(graph, options.isStreaming());
    if (objection != null) {
      throw new IllegalArgumentException(
          "--deadLetterFile needs a job that can go back to its last commit: " + objection);
    }
    List<String> elsewhere =
        graph
            .nodes()
            .filter(
                node ->
                    node.operation() instanceof Operation.Harness harness
                        && harness.root().operation() instanceof Operation.ProcessSizedElements)
            .map(Node::fullName)
            .sorted()
            .toList();
    if (!elsewhere.isEmpty()) {
      LOG.warn(
          "nothing is left out by splittable functions in SDK harnesses: {}",
          String.join(", ", elsewhere));
    }
    return DeadLetterBook.open(
        jobName, Path.of(file), options.getDeadLetterAfter(), options.getDeadLetterLimit());
  }
}
