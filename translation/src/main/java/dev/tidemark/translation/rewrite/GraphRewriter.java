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
  private final boolean foreign;

  /**
   * A rewriter under the given policies.
   *
   * @param environments where user functions run
   * @param nativeReads whether splittable functions that wrap a Java source become reads again
   * @param foreign whether the pipeline came from elsewhere: nothing of it is deserialized
   */
  public GraphRewriter(EnvironmentPolicy environments, boolean nativeReads, boolean foreign) {
    this.environments = environments;
    this.nativeReads = nativeReads;
    this.foreign = foreign;
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
    RunnerApi.Pipeline sharded = ShardedKeys.replace(Views.elide(pipeline));
    RunnerApi.Pipeline plain =
        foreign
            ? ForeignTriggers.adapt(sharded)
            : new ReadWrappers(environments, nativeReads).unwrap(sharded);
    GraphDraft draft = new GraphDraft(plain.getComponents(), environments, foreign, problems);
    TransformTranslator translator = new TransformTranslator(draft);
    CompositeWalk.leaves(plain, problems).forEach(translator::translate);
    FlattenRecoding.apply(draft);
    WindowFunctions.check(draft);
    if (foreign) {
      ForeignCode.check(draft);
    }
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
