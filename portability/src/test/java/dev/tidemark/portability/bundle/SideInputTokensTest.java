package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** A worker may keep what it has read of a side input as long as the token is the same. */
final class SideInputTokensTest {
  private static final long SIDE = 1_000;

  private final Pipeline pipeline = Pipeline.create();
  private final Map<Long, ByteString> tokens = new ConcurrentHashMap<>();

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  private static PCollection<Long> read(
      PCollection<Long> main, PCollectionView<Iterable<Long>> side) {
    return main.apply(
        "Read",
        ParDo.of(new Elsewhere())
            .withSideInput("side", side)
            .setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Reads the side input for each element, and remembers the token. */
  private ScriptedWorkers workers(ScriptedJob job) {
    return new ScriptedWorkers(
        bundle -> {
          String transform = job.plan(bundle).process();
          CacheToken token =
              bundle.request().getCacheTokensList().stream()
                  .filter(CacheToken::hasSideInput)
                  .findFirst()
                  .orElseThrow();
          assertThat(token.getSideInput().getTransformId()).isEqualTo(transform);
          BeamFnApi.StateKey side =
              BeamFnApi.StateKey.newBuilder()
                  .setIterableSideInput(
                      BeamFnApi.StateKey.IterableSideInput.newBuilder()
                          .setTransformId(transform)
                          .setSideInputId(token.getSideInput().getSideInputId()))
                  .build();
          ScriptedBundle.Input input;
          while ((input = bundle.next()) != null) {
            for (WindowedValue<Object> element :
                job.decode(bundle, ((ScriptedBundle.Input.Elements) input).bytes())) {
              assertThat(bundle.pages(side)).isNotEmpty();
              tokens.put((Long) element.getValue(), token.getToken());
            }
          }
          job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
        });
  }

  @Test
  void itIsTheSameInAllBundlesAndLanesWhileNothingChanges() throws Exception {
    PCollectionView<Iterable<Long>> side =
        pipeline.apply("Side", Create.of(1L, 2L)).apply(View.asIterable());
    PCollection<Long> main =
        pipeline
            .apply("Main", Create.of(LongStream.range(0, 500).boxed().toList()))
            .apply(Redistribute.arbitrarily());
    ScriptedJob job = new ScriptedJob(pipeline, List.of(read(main, side)), "--lanes=2");
    ScriptedWorkers workers = workers(job);

    assertThat(
            job.run(
                workers, new HarnessSettings(1, 1_000, 100, 100, 1_000, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);

    assertThat(workers.all()).hasSize(2);
    assertThat(tokens).hasSize(500);
    assertThat(Set.copyOf(tokens.values())).hasSize(1);
  }

  @Test
  void itIsNewWhenTheSideInputShowsSomethingElse() throws Exception {
    PCollection<Long> events =
        pipeline.apply(
            TestStream.create(VarLongCoder.of())
                .addElements(SIDE)
                .addElements(1L)
                .addElements(2L)
                .addElements(SIDE + 1)
                .addElements(3L)
                .addElements(4L)
                .advanceWatermarkToInfinity());
    PCollectionView<Iterable<Long>> side =
        events
            .apply("SideOnly", Filter.greaterThanEq(SIDE))
            .apply(
                Window.<Long>into(new GlobalWindows())
                    .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                    .withAllowedLateness(Duration.ZERO)
                    .accumulatingFiredPanes())
            .apply(View.asIterable());
    PCollection<Long> main = events.apply("MainOnly", Filter.lessThan(SIDE));
    ScriptedJob job = new ScriptedJob(pipeline, List.of(read(main, side)), "--lanes=2");

    assertThat(job.run(workers(job), HarnessSettings.DEFAULT))
        .isInstanceOf(Execution.End.Done.class);

    assertThat(tokens).hasSize(4);
    assertThat(tokens.get(2L)).isEqualTo(tokens.get(1L));
    assertThat(tokens.get(3L)).isNotEqualTo(tokens.get(2L));
    assertThat(tokens.get(4L)).isEqualTo(tokens.get(3L));
  }
}
