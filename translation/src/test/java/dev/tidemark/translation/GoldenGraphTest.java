package dev.tidemark.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.describe.GraphText;
import dev.tidemark.translation.environment.EnvironmentPolicy;
import dev.tidemark.translation.graph.StageGraph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Translates many pipelines and compares the graphs with files under {@code golden}. Run with
 * {@code -Dgolden.update=true} to write the files anew; then read the difference.
 */
class GoldenGraphTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

  @TestFactory
  Stream<DynamicTest> graphs() {
    Map<String, Supplier<StageGraph>> graphs = new LinkedHashMap<>();
    direct(graphs, "minimal-word-count", Pipelines::minimalWordCount);
    direct(graphs, "windowed-word-count-late", Pipelines::windowedWordCountWithLateData);
    direct(graphs, "co-group-by-key-join", Pipelines::coGroupByKeyJoin);
    direct(graphs, "side-input-join", Pipelines::sideInputJoin);
    direct(graphs, "side-input-from-main-input", Pipelines::sideInputFromMainInput);
    direct(graphs, "triggered-side-input", Pipelines::triggeredSideInput);
    direct(graphs, "stateful-dedupe", Pipelines::statefulDedupe);
    direct(graphs, "stateful-after-group", Pipelines::statefulAfterGroup);
    direct(graphs, "timer-families", Pipelines::timerFamilies);
    direct(graphs, "time-sorted-input", Pipelines::timeSortedInput);
    direct(graphs, "splittable-read", Pipelines::splittableRead);
    direct(graphs, "flatten-diamonds", Pipelines::flattenDiamonds);
    direct(graphs, "flatten-of-none", Pipelines::flattenOfNone);
    direct(graphs, "flatten-of-the-same-twice", Pipelines::flattenOfTheSameTwice);
    direct(graphs, "flatten-of-different-coders", Pipelines::flattenOfDifferentCoders);
    direct(graphs, "combine-globally", Pipelines::combineGlobally);
    direct(graphs, "combine-in-sessions", Pipelines::combineInSessions);
    direct(graphs, "combine-with-fanout", Pipelines::combineWithFanout);
    direct(graphs, "reshuffles", Pipelines::reshuffles);
    direct(graphs, "group-into-batches", Pipelines::groupIntoBatches);
    direct(graphs, "group-into-sharded-batches", Pipelines::groupIntoShardedBatches);
    direct(graphs, "test-stream", Pipelines::testStream);
    direct(graphs, "unread-output", Pipelines::unreadOutput);
    for (Map.Entry<String, Supplier<Pipeline>> pipeline : splittable().entrySet()) {
      String name = pipeline.getKey();
      Supplier<RunnerApi.Pipeline> proto =
          () -> Protos.withSplittableReads(pipeline.getValue().get());
      graphs.put(
          name + "-harness",
          () -> PipelineTranslator.translate(proto.get(), TranslationOptions.harness()));
      graphs.put(
          name + "-native-reads",
          () ->
              PipelineTranslator.translate(
                  proto.get(),
                  new TranslationOptions(EnvironmentPolicy.directJava(), true, false)));
    }
    return graphs.entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry)));
  }

  private static Map<String, Supplier<Pipeline>> splittable() {
    Map<String, Supplier<Pipeline>> pipelines = new LinkedHashMap<>();
    pipelines.put("stateful-after-group", Pipelines::statefulAfterGroup);
    pipelines.put("triggered-side-input", Pipelines::triggeredSideInput);
    return pipelines;
  }

  private static void direct(
      Map<String, Supplier<StageGraph>> graphs, String name, Supplier<Pipeline> pipeline) {
    graphs.put(name, () -> PipelineTranslator.translate(Protos.of(pipeline.get())));
  }

  private static void check(Map.Entry<String, Supplier<StageGraph>> graph) throws IOException {
    StageGraph stages = graph.getValue().get();
    Invariants.check(stages);
    String actual = GraphText.render(stages);
    Path file = GOLDEN.resolve(graph.getKey() + ".txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, actual, StandardCharsets.UTF_8);
    }
    assertThat(actual).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
  }
}
