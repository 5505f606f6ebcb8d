package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.io.DataInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** Groups of which the harness gets the first few values, and asks for the rest. */
final class LargeGroupsHarnessTest {
  private static final long VALUES = 20_000;

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<KV<String, Iterable<Long>>, String> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  /** What came of a group: the number of values in the element, the others. */
  private record Received(String key, int sent, List<ByteString> rest) {}

  private static ScriptedJob job(List<String> capabilities, String... arguments) {
    Pipeline pipeline = Pipeline.create();
    List<KV<String, Long>> values = new ArrayList<>();
    LongStream.range(0, VALUES).forEach(i -> values.add(KV.of("large", i)));
    LongStream.range(0, 3).forEach(i -> values.add(KV.of("small", i)));
    PCollection<String> sums =
        pipeline
            .apply(Create.of(values))
            .apply("Group", GroupByKey.create())
            .apply("Sum", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
    return new ScriptedJob(
        pipeline, List.of(sums), proto -> withCapabilities(proto, capabilities), arguments);
  }

  private static RunnerApi.Pipeline withCapabilities(
      RunnerApi.Pipeline pipeline, List<String> capabilities) {
    RunnerApi.Pipeline.Builder edited = pipeline.toBuilder();
    pipeline
        .getComponents()
        .getEnvironmentsMap()
        .forEach(
            (id, environment) ->
                edited
                    .getComponentsBuilder()
                    .putEnvironments(
                        id,
                        environment.toBuilder()
                            .clearCapabilities()
                            .addAllCapabilities(capabilities)
                            .build()));
    return edited.build();
  }

  private static Received receive(ScriptedBundle bundle, InputStream in, boolean twice)
      throws Exception {
    InstantCoder.of().decode(in);
    IterableCoder.of(GlobalWindow.Coder.INSTANCE).decode(in);
    PaneInfo.PaneInfoCoder.INSTANCE.decode(in);
    String key = StringUtf8Coder.of().decode(in);
    int count = new DataInputStream(in).readInt();
    if (count >= 0) {
      skip(in, count);
      return new Received(key, count, List.of());
    }
    int sent = VarInt.decodeInt(in);
    skip(in, sent);
    assertThat(VarInt.decodeLong(in)).isEqualTo(-1);
    ByteString token = ByteString.copyFrom(in.readNBytes(VarInt.decodeInt(in)));
    BeamFnApi.StateKey rest =
        BeamFnApi.StateKey.newBuilder()
            .setRunner(BeamFnApi.StateKey.Runner.newBuilder().setKey(token))
            .build();
    List<ByteString> pages = bundle.pages(rest);
    if (twice) {
      assertThat(bundle.pages(rest)).isEqualTo(pages);
    }
    return new Received(key, sent, pages);
  }

  private static void skip(InputStream in, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      VarLongCoder.of().decode(in);
    }
  }

  private static ScriptedWorkers workers(ScriptedJob job) {
    return new ScriptedWorkers(
        bundle -> {
          ScriptedBundle.Input input;
          while ((input = bundle.next()) != null) {
            InputStream in = ((ScriptedBundle.Input.Elements) input).bytes().newInput();
            while (in.available() > 0) {
              Received group = receive(bundle, in, true);
              List<Long> values = new ArrayList<>();
              for (ByteString page : group.rest()) {
                InputStream left = page.newInput();
                while (left.available() > 0) {
                  values.add(VarLongCoder.of().decode(left));
                }
              }
              job.emit(
                  bundle,
                  WindowedValues.valueInGlobalWindow(
                      group.key()
                          + ": "
                          + (group.sent() + values.stream().distinct().count())
                          + " values, pages: "
                          + group.rest().size()));
            }
          }
          job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
        });
  }

  @Test
  void theRestOfALargeGroupIsReadInPages() throws Exception {
    for (String policy : List.of("--streaming=false", "--streaming=true")) {
      ScriptedJob job =
          job(List.of(ModelCoders.STATE_BACKED_ITERABLE_CODER_URN), "--lanes=2", policy);

      assertThat(
              job.run(
                  workers(job),
                  new HarnessSettings(1, 1 << 20, 100, 10_000, 2_000, 10, Supervision.DEFAULT)))
          .isInstanceOf(Execution.End.Done.class);

      // Most numbers take three bytes, the first 127 one and up to 16,383 two.
      assertThat(job.collected(String.class))
          .containsExactlyInAnyOrder("large: 20000 values, pages: 5", "small: 3 values, pages: 0");
    }
  }

  @Test
  void whoCannotAskGetsAllValues() throws Exception {
    ScriptedJob job = job(List.of(), "--lanes=2");

    assertThat(
            job.run(
                workers(job),
                new HarnessSettings(1, 1 << 20, 100, 10_000, 2_000, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);

    assertThat(job.collected(String.class))
        .containsExactlyInAnyOrder("large: 20000 values, pages: 0", "small: 3 values, pages: 0");
  }
}
