package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** Maps and multimaps that a function in a harness keeps: their entries, in one request. */
final class MultimapHarnessTest {
  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(entries()), "--lanes=2");

  private PCollection<String> entries() {
    return pipeline
        .apply(Create.of(KV.of("one", 1L), KV.of("two", 2L)))
        .apply("Keep", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<KV<String, Long>, String> {
    @StateId("multimap")
    @SuppressWarnings("unused") // it is declared for the proto
    private final StateSpec<MultimapState<String, Long>> multimap =
        StateSpecs.multimap(StringUtf8Coder.of(), VarLongCoder.of());

    @StateId("map")
    @SuppressWarnings("unused") // it is declared for the proto
    private final StateSpec<MapState<String, Integer>> map =
        StateSpecs.map(StringUtf8Coder.of(), VarIntCoder.of());

    @StateId("secret")
    @SuppressWarnings("unused") // it is declared for the proto
    private final StateSpec<MultimapState<String, Integer>> secret =
        StateSpecs.multimap(StringUtf8Coder.of(), VarIntCoder.of());

    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  private record Of(ScriptedBundle bundle, ByteString key) {
    void append(String state, String mapKey, int... values) throws Exception {
      ByteString.Output data = ByteString.newOutput();
      for (int value : values) {
        VarIntCoder.of().encode(value, data);
      }
      bundle.ask(
          BeamFnApi.StateRequest.newBuilder()
              .setStateKey(
                  BeamFnApi.StateKey.newBuilder()
                      .setMultimapUserState(
                          BeamFnApi.StateKey.MultimapUserState.newBuilder()
                              .setUserStateId(state)
                              .setKey(key)
                              .setMapKey(encode(StringUtf8Coder.of(), mapKey))))
              .setAppend(BeamFnApi.StateAppendRequest.newBuilder().setData(data.toByteString())));
    }

    BeamFnApi.StateKey entries(String state) {
      return BeamFnApi.StateKey.newBuilder()
          .setMultimapEntriesUserState(
              BeamFnApi.StateKey.MultimapEntriesUserState.newBuilder()
                  .setUserStateId(state)
                  .setKey(key))
          .build();
    }

    Map<String, List<Integer>> read(String state) throws Exception {
      Coder<KV<String, Iterable<Integer>>> entry =
          KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarIntCoder.of()));
      Map<String, List<Integer>> read = new TreeMap<>();
      for (ByteString page : bundle.pages(entries(state))) {
        InputStream in = page.newInput();
        while (in.available() > 0) {
          KV<String, Iterable<Integer>> one = entry.decode(in);
          List<Integer> values = new ArrayList<>();
          one.getValue().forEach(values::add);
          read.put(one.getKey(), values);
        }
      }
      return read;
    }
  }

  private static <T> ByteString encode(Coder<T> coder, T value) throws Exception {
    ByteString.Output out = ByteString.newOutput();
    coder.encode(value, out);
    return out.toByteString();
  }

  @Test
  void entriesHaveAllValuesOfEachKey() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              for (WindowedValue<Object> element : job.elements(bundle)) {
                String key = (String) ((KV<?, ?>) element.getValue()).getKey();
                Of state = new Of(bundle, encode(StringUtf8Coder.of(), key));
                state.append("multimap", "a", 1, 200, 3);
                state.append("multimap", "b", 4);
                state.append("multimap", "a", 5);
                state.append("map", "c", 6);
                job.emit(
                    bundle, element.withValue(key + state.read("multimap") + state.read("map")));
              }
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(
            job.run(
                workers, new HarnessSettings(1, 1 << 20, 100, 4, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);

    assertThat(job.collected(String.class))
        .containsExactlyInAnyOrder(
            "one{a=[1, 200, 3, 5], b=[4]}{c=[6]}", "two{a=[1, 200, 3, 5], b=[4]}{c=[6]}");
  }

  @Test
  void valuesThatOnlyTheSdkCanTellApartAreAnError() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              while (bundle.next() != null) {
                Of state = new Of(bundle, encode(StringUtf8Coder.of(), "one"));
                state.append("secret", "a", 1);
                state.read("secret");
              }
            });

    Execution.End end = job.run(workers, HarnessSettings.DEFAULT);

    assertThat(end).isInstanceOf(Execution.End.Failed.class);
    assertThat(((Execution.End.Failed) end).cause())
        .hasMessageContaining("cannot be told apart, as only the SDK knows");
  }
}
