package dev.tidemark.portability.bundle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.translation.graph.Node;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** Side inputs that a harness reads over state requests, page by page. */
final class SideInputHarnessTest {
  private static final int SIDE = 1_000;

  private final Pipeline pipeline = Pipeline.create();
  private final PCollectionView<Iterable<Long>> all =
      pipeline
          .apply("Side", Create.of(LongStream.range(0, SIDE).boxed().toList()))
          .apply(View.asIterable());
  private final PCollectionView<Map<String, Iterable<Long>>> byKey =
      pipeline
          .apply("Keyed", Create.of(KV.of("a", 1L), KV.of("b", 10L), KV.of("b", 20L)))
          .apply(View.asMultimap());
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(read()), "--lanes=2");

  private PCollection<String> read() {
    return pipeline
        .apply("Main", Create.of("a", "b", "c"))
        .apply(
            "Read",
            ParDo.of(new Elsewhere())
                .withSideInput("all", all)
                .withSideInput("byKey", byKey)
                .setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<String, String> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  private static List<Long> read(ScriptedBundle bundle, BeamFnApi.StateKey.Builder key)
      throws Exception {
    List<Long> values = new ArrayList<>();
    ByteString token = ByteString.EMPTY;
    do {
      BeamFnApi.StateGetResponse page =
          bundle
              .ask(
                  BeamFnApi.StateRequest.newBuilder()
                      .setStateKey(key)
                      .setGet(BeamFnApi.StateGetRequest.newBuilder().setContinuationToken(token)))
              .getGet();
      InputStream in = page.getData().newInput();
      while (in.available() > 0) {
        values.add(VarLongCoder.of().decode(in));
      }
      token = page.getContinuationToken();
    } while (!token.isEmpty());
    return values;
  }

  @Test
  void elementsWaitForSideInputsAndReadThem() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              String transform = job.plan(bundle).process();
              Node part = requireNonNull(job.plan(bundle).transforms().get(transform));
              assertThat(part.sideInputs()).hasSize(2);
              for (WindowedValue<Object> element : job.elements(bundle)) {
                ByteString.Output key = ByteString.newOutput();
                StringUtf8Coder.of().encode((String) element.getValue(), key);
                List<Long> ofKey =
                    read(
                        bundle,
                        BeamFnApi.StateKey.newBuilder()
                            .setMultimapSideInput(
                                BeamFnApi.StateKey.MultimapSideInput.newBuilder()
                                    .setTransformId(transform)
                                    .setSideInputId(byKey.getTagInternal().getId())
                                    .setKey(key.toByteString())));
                List<Long> everything =
                    read(
                        bundle,
                        BeamFnApi.StateKey.newBuilder()
                            .setIterableSideInput(
                                BeamFnApi.StateKey.IterableSideInput.newBuilder()
                                    .setTransformId(transform)
                                    .setSideInputId(all.getTagInternal().getId())));
                job.emit(
                    bundle,
                    element.withValue(
                        element.getValue()
                            + " "
                            + ofKey.stream().sorted().toList()
                            + " "
                            + everything.stream().distinct().count()));
              }
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(
            job.run(
                workers,
                new HarnessSettings(1, 1 << 20, 100, 64, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(String.class))
        .containsExactlyInAnyOrder("a [1] 1000", "b [10, 20] 1000", "c [] 1000");
  }
}
