package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.epoch.Execution.End;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.ValueProvider;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TidemarkRunnerTest {
  private final List<RunnerApi.Pipeline> translated = new ArrayList<>();
  private final List<ExecutionOptions> optionsOfRuns = new ArrayList<>();
  private FakeExecution next = FakeExecution.endingWith(new End.Done());

  /** Has an option whose value is known only at run time. */
  public interface LateOptions extends PipelineOptions {
    ValueProvider<String> getLate();

    void setLate(ValueProvider<String> late);
  }

  private TidemarkRunner runner(StageGraph graph, String... arguments) {
    return new TidemarkRunner(
        PipelineOptionsFactory.fromArgs(arguments).create(),
        proto -> {
          translated.add(proto);
          return graph;
        },
        (given, options, loader, store) -> {
          optionsOfRuns.add(options);
          return next;
        });
  }

  private static Stream<String> urns(RunnerApi.Pipeline pipeline) {
    return pipeline.getComponents().getTransformsMap().values().stream()
        .map(transform -> transform.getSpec().getUrn());
  }

  @Test
  void runnersAreFoundByName() {
    for (String name : List.of("TidemarkRunner", "TestTidemarkRunner", "tidemark")) {
      PipelineOptions options = PipelineOptionsFactory.fromArgs("--runner=" + name).create();
      assertThat(options.getRunner()).isIn(TidemarkRunner.class, TestTidemarkRunner.class);
      assertThat(PipelineRunner.fromOptions(options)).isInstanceOf(options.getRunner());
    }
  }

  @Test
  void returnsWhileTheJobRuns() {
    next = new FakeExecution();
    TidemarkPipelineResult result = runner(Graphs.bounded()).run(Pipeline.create());
    assertThat(next.started).isTrue();
    assertThat(result.getState()).isEqualTo(State.RUNNING);
    next.end(new End.Done());
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(MetricsEnvironment.isMetricsSupported()).isTrue();
  }

  @Test
  void onePipelineRunsTwice() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(GenerateSequence.from(0).to(10));
    TidemarkRunner runner = runner(Graphs.bounded());
    assertThat(runner.run(pipeline).waitUntilFinish()).isEqualTo(State.DONE);
    next = FakeExecution.endingWith(new End.Done());
    assertThat(runner.run(pipeline).waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(translated).hasSize(2);
    assertThat(urns(translated.get(1)).toList())
        .containsExactlyInAnyOrderElementsOf(urns(translated.get(0)).toList());
  }

  @Test
  void readsBecomePrimitivesUnlessTheUserWantsThemSplittable() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(GenerateSequence.from(0).to(10));
    runner(Graphs.bounded()).run(pipeline).waitUntilFinish();
    assertThat(urns(translated.get(0))).contains(PTransformTranslation.READ_TRANSFORM_URN);

    next = FakeExecution.endingWith(new End.Done());
    Pipeline splittable =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--experiments=use_sdf_read", "--runner=TidemarkRunner")
                .create());
    splittable.apply(GenerateSequence.from(0).to(10));
    runner(Graphs.bounded()).run(splittable).waitUntilFinish();
    assertThat(urns(translated.get(1))).doesNotContain(PTransformTranslation.READ_TRANSFORM_URN);
  }

  @Test
  void theHostGetsFinishedOptions() {
    runner(Graphs.unbounded(), "--parallelism=3", "--jobName=tally")
        .run(Pipeline.create())
        .waitUntilFinish();
    assertThat(optionsOfRuns.get(0).getLanes()).isEqualTo(3);
    assertThat(optionsOfRuns.get(0).isStreaming()).isTrue();
    assertThat(optionsOfRuns.get(0).getMaxBundleElements()).isEqualTo(1_000);
  }

  @Test
  void nothingStartsWithOptionsThatMakeNoSense() {
    assertThatThrownBy(() -> runner(Graphs.bounded(), "--lanes=0").run(Pipeline.create()))
        .isInstanceOf(InvalidOptionException.class);
    assertThat(next.started).isFalse();
    assertThat(translated).isEmpty();
  }

  @Test
  void valueProvidersHaveTheirValueAtRunTime() {
    LateOptions constructed = PipelineOptionsFactory.as(LateOptions.class);
    ValueProvider<String> provider = constructed.getLate();
    assertThat(provider.isAccessible()).isFalse();

    constructed.setLate(ValueProvider.StaticValueProvider.of("value"));
    new TidemarkRunner(constructed, proto -> Graphs.bounded(), (g, o, l, s) -> next)
        .run(Pipeline.create())
        .waitUntilFinish();
    assertThat(provider.isAccessible()).isTrue();
    assertThat(provider.get()).isEqualTo("value");
  }

  @Test
  void aHostThatDoesNotStartIsNoRunningJob() {
    TidemarkRunner runner =
        new TidemarkRunner(
            PipelineOptionsFactory.create(),
            proto -> Graphs.bounded(),
            (graph, options, loader, store) -> {
              throw new IllegalStateException("no room");
            });
    assertThatThrownBy(() -> runner.run(Pipeline.create())).hasMessage("no room");
  }

  @Test
  void testsGetTheirAssertionErrorItself() {
    AssertionError thrown = new AssertionError("expected 1 but was 2");
    next = FakeExecution.endingWith(new End.Failed("PAssert$0/Verify", thrown));
    TestTidemarkRunner runner = new TestTidemarkRunner(runner(Graphs.bounded()), null);
    assertThatThrownBy(() -> runner.run(Pipeline.create())).isSameAs(thrown);
  }

  @Test
  void testsGetOtherFailuresAsTheCause() {
    Exception thrown = new Exception("boom");
    next = FakeExecution.endingWith(new End.Failed("A/B", thrown));
    TestTidemarkRunner runner = new TestTidemarkRunner(runner(Graphs.bounded()), null);
    assertThatThrownBy(() -> runner.run(Pipeline.create()))
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasMessageContaining("A/B")
        .cause()
        .isSameAs(thrown);
  }

  @Test
  void anAssertionThatNobodyEvaluatedFailsTheTest() {
    Pipeline pipeline = Pipeline.create();
    PAssert.that(pipeline.apply(Create.of(1))).containsInAnyOrder(1);
    TestTidemarkRunner runner = new TestTidemarkRunner(runner(Graphs.bounded()), null);
    assertThatThrownBy(() -> runner.run(pipeline))
        .isInstanceOf(AssertionError.class)
        .hasMessage("The pipeline has 1 assertions, but 0 were evaluated.");

    next = FakeExecution.endingWith(new End.Done());
    next.attempted.getContainer("PAssert$0").getCounter(counter(PAssert.SUCCESS_COUNTER)).inc();
    assertThat(runner.run(pipeline).getState()).isEqualTo(State.DONE);

    next = FakeExecution.endingWith(new End.Done());
    next.attempted.getContainer("PAssert$0").getCounter(counter(PAssert.FAILURE_COUNTER)).inc();
    assertThatThrownBy(() -> runner.run(pipeline))
        .isInstanceOf(AssertionError.class)
        .hasMessage("1 of 1 assertions of the pipeline failed.");
  }

  private static MetricName counter(String name) {
    return MetricName.named(PAssert.class, name);
  }
}
