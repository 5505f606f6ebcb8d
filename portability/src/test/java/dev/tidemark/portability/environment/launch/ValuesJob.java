package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.bundle.HarnessProcessors;
import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.resourcehints.ResourceHints;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.KV;

/**
 * A Java job of which a function of Beam's own, which every Java harness knows, runs in a harness;
 * the rest runs in this JVM.
 */
final class ValuesJob {
  private static final Map<String, Queue<Integer>> COLLECTED = new ConcurrentHashMap<>();
  private static final long PATIENCE_SECONDS = 300;

  private ValuesJob() {}

  /** Runs it with one lane; returns the values of three pairs, which are 1, 2 and 3. */
  static List<Integer> run(SdkWorkers workers, HarnessJob bundles) throws Exception {
    String id = UUID.randomUUID().toString();
    COLLECTED.put(id, new ConcurrentLinkedQueue<>());
    ExecutionOptions options =
        PipelineOptionsFactory.fromArgs("--lanes=1").as(ExecutionOptions.class);
    StageGraph graph = graph(id, options);
    Execution execution =
        EmbeddedExecution.create(
            graph,
            options,
            ValuesJob.class.getClassLoader(),
            Simulation.NONE,
            RunResources.of(new HarnessProcessors(graph, workers, bundles)));
    execution.start();
    try {
      Execution.End end = execution.ended().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!(end instanceof Execution.End.Done)) {
        throw new AssertionError(end);
      }
    } finally {
      execution.cancel();
    }
    return List.copyOf(COLLECTED.getOrDefault(id, new ConcurrentLinkedQueue<>()));
  }

  private static StageGraph graph(String id, ExecutionOptions options) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", 1), KV.of("b", 2), KV.of("c", 3)))
        .apply(Values.<Integer>create().setResourceHints(ResourceHints.create().withMinRam(1)))
        .apply(ParDo.of(new Collect(id)));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    return PipelineTranslator.translate(
        PipelineTranslation.toProto(pipeline, SdkComponents.create(options), false),
        new TranslationOptions(
            (environmentId, environment) ->
                environment.getResourceHintsCount() > 0
                    ? new Stage.Kind.Harness(environmentId)
                    : new Stage.Kind.Embedded(),
            false,
            false));
  }

  /** Puts values where the test finds them. */
  private static final class Collect extends DoFn<Integer, Void> {
    private final String id;

    Collect(String id) {
      this.id = id;
    }

    @ProcessElement
    public void process(@Element Integer value) {
      Queue<Integer> into = COLLECTED.get(id);
      if (into == null) {
        throw new IllegalStateException("no job " + id);
      }
      into.add(value);
    }
  }
}
