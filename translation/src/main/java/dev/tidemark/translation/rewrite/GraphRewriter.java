package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.environment.EnvironmentPolicy;
import dev.tidemark.translation.graph.NodeGraph;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Turns a pipeline proto into nodes and edges, step by step.
 *
 * <p>Thread-safe.
 */
public final class GraphRewriter {

  /** Either a graph, or what is wrong with the pipeline. */
  public sealed interface Result {
    /** The pipeline as a graph. */
    record Translated(NodeGraph graph) implements Result {}

    /** The pipeline cannot be run; {@code problems} is not empty. */
    record Rejected(List<Problem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  private final EnvironmentPolicy environments;
  private final boolean nativeReads;

  /**
   * A rewriter under the given policies.
   *
   * @param environments where user functions run
   * @param nativeReads whether splittable functions that wrap a Java source become reads again
   */
  public GraphRewriter(EnvironmentPolicy environments, boolean nativeReads) {
    this.environments = environments;
    this.nativeReads = nativeReads;
  }

  /** Rewrites {@code pipeline}; finds as many problems as it can in one go. */
  public Result rewrite(RunnerApi.Pipeline pipeline) {
    Problems problems = new Problems();
    Requirements.check(pipeline.getRequirementsList(), problems);
    List<Problem> unrelated = problems.list();
    Integrity.check(pipeline, problems);
    if (problems.list().size() > unrelated.size()) {
      return new Result.Rejected(problems.list());
    }
    RunnerApi.Pipeline plain =
        new ReadWrappers(environments, nativeReads)
            .unwrap(ShardedKeys.replace(Views.elide(pipeline)));
    GraphDraft draft = new GraphDraft(plain.getComponents(), environments, problems);
    TransformTranslator translator = new TransformTranslator(draft);
    CompositeWalk.leaves(plain, problems).forEach(translator::translate);
    if (!problems.list().isEmpty()) {
      // What is missing now would only be reported a second time, as inputs that nobody makes.
      return new Result.Rejected(problems.list());
    }
    NodeGraph graph = new EdgeWiring(draft).wire();
    return problems.list().isEmpty()
        ? new Result.Translated(graph)
        : new Result.Rejected(problems.list());
  }
}
