package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.SetState;
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

/** A set of a harness that does not say whose it is, as those of Java before 2.70. */
final class NamelessMapsHarnessTest {
  private static final int KEYS = 3;
  private static final int VALUES = 4;

  private final Pipeline pipeline = Pipeline.create();
  private final PCollection<String> sets = sets();
  private final Queue<List<Object>> keysOfBundles = new ConcurrentLinkedQueue<>();
  private final Queue<ByteString> tokens = new ConcurrentLinkedQueue<>();

  private PCollection<String> sets() {
    return pipeline
        .apply(
            Create.of(
                IntStream.range(0, KEYS * VALUES)
                    .mapToObj(i -> KV.of("key" + i % KEYS, i / KEYS))
                    .toList()))
        .apply("Keep", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<KV<String, Integer>, String> {
    @StateId("set")
    @SuppressWarnings("unused") // it is declared for the proto
    private final StateSpec<SetState<Integer>> set = StateSpecs.set(VarIntCoder.of());

    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  /** A job whose SDK is of a version. */
  private ScriptedJob job(String version) {
    return new ScriptedJob(
        pipeline, List.of(sets), proto -> ScriptedJob.ofSdk(version, proto), "--lanes=1");
  }

  private static BeamFnApi.StateKey members() {
    return BeamFnApi.StateKey.newBuilder()
        .setMultimapKeysUserState(
            BeamFnApi.StateKey.MultimapKeysUserState.newBuilder().setUserStateId("set"))
        .build();
  }

  private static void add(ScriptedBundle bundle, int value) throws Exception {
    ByteString.Output member = ByteString.newOutput();
    VarIntCoder.of().encode(value, member);
    bundle.ask(
        BeamFnApi.StateRequest.newBuilder()
            .setStateKey(
                BeamFnApi.StateKey.newBuilder()
                    .setMultimapUserState(
                        BeamFnApi.StateKey.MultimapUserState.newBuilder()
                            .setUserStateId("set")
                            .setMapKey(member.toByteString())))
            .setAppend(
                BeamFnApi.StateAppendRequest.newBuilder()
                    .setData(ByteString.copyFrom(new byte[1]))));
  }

  /** Adds each value to its key's set, and emits how many members that has. */
  private void run(ScriptedJob job, boolean asks) throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              List<Object> keys = new ArrayList<>();
              tokens.add(bundle.request().getCacheTokens(0).getToken());
              for (WindowedValue<Object> element : job.elements(bundle)) {
                KV<?, ?> kv = (KV<?, ?>) element.getValue();
                keys.add(kv.getKey());
                int size = 0;
                if (asks) {
                  add(bundle, (Integer) kv.getValue());
                  size = bundle.pages(members()).stream().mapToInt(ByteString::size).sum();
                }
                job.emit(bundle, element.withValue(kv.getKey() + ": " + size));
              }
              keysOfBundles.add(keys);
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });
    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
  }

  @Test
  void eachBundleIsOfOneKey() throws Exception {
    ScriptedJob job = job("apache/beam_java17_sdk:2.65.0");

    run(job, true);

    List<String> expected =
        IntStream.range(0, KEYS * VALUES)
            .mapToObj(i -> "key" + i % KEYS + ": " + (1 + i / KEYS))
            .toList();
    assertThat(job.collected(String.class)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(keysOfBundles).allSatisfy(keys -> assertThat(new HashSet<>(keys)).hasSize(1));
    assertThat(Set.copyOf(tokens)).hasSameSizeAs(tokens);
  }

  @Test
  void thoseOfNewerHarnessesTakeManyKeys() throws Exception {
    run(job("apache/beam_java17_sdk:2.70.0"), false);

    assertThat(keysOfBundles).singleElement().satisfies(keys -> assertThat(keys).hasSize(12));
  }

  @Test
  void thoseOfOtherSdksTakeManyKeys() throws Exception {
    run(job("apache/beam_python3.11_sdk:2.65.0"), false);

    assertThat(keysOfBundles).singleElement().satisfies(keys -> assertThat(keys).hasSize(12));
  }
}
