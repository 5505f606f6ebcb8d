package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.translation.PipelineTranslator;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job that is given a store commits its epochs there. */
@Timeout(60)
class GivenStoreTest {
  /** Keeps the last value of each key for ever. */
  private static final class KeepLast extends DoFn<KV<String, Integer>, Void> {
    @StateId("last")
    private final StateSpec<ValueState<Integer>> lastSpec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, @StateId("last") ValueState<Integer> last) {
      last.write(element.getValue());
    }
  }

  @Test
  void epochsAreCommittedInTheStoreThatStaysTheCallers() throws Exception {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(true);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Create.of(KV.of("a", 1), KV.of("b", 2))).apply("Keep", ParDo.of(new KeepLast()));
    try (HeapStateStore store = new HeapStateStore()) {
      EmbeddedExecution execution =
          EmbeddedExecution.create(
              PipelineTranslator.translate(
                  PipelineTranslation.toProto(pipeline, SdkComponents.create(options), false)),
              options,
              GivenStoreTest.class.getClassLoader(),
              new Simulation(1L, Long.MAX_VALUE, false, null, new ManualClock(0)),
              RunResources.of(store));
      execution.start();
      assertThat(execution.ended().get(30, TimeUnit.SECONDS)).isEqualTo(new Execution.End.Done());
      assertThat(store.manifest().epoch()).isEqualTo(execution.progress().epoch()).isPositive();
      assertThat(store.size()).isPositive();
    }
  }
}
