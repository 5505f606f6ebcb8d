package dev.tidemark.runner.state.description;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.BytesValue;
import org.junit.jupiter.api.Test;

/** What is known of the state of functions in SDK harnesses. */
class ForeignDescriptionTest {
  private static final String PICKLED = "beam:coder:pickled_python:v1";

  /** Keeps a value. */
  private static final class Keep<T> extends DoFn<KV<String, Long>, Void> {
    private static final long serialVersionUID = 1;

    @StateId("last")
    private final StateSpec<ValueState<T>> last;

    Keep(Coder<T> coder) {
      last = StateSpecs.value(coder);
    }

    @ProcessElement
    public void process(@StateId("last") ValueState<T> state) {
      state.clear();
    }
  }

  private static <T> JobDescription describe(Coder<T> coder) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(KV.of("a", 1L))).apply("Keep", ParDo.of(new Keep<>(coder)));
    return Programs.describeForeign(pipeline);
  }

  @Test
  void aChangedCoderOfAStateIsRefusedByTheNameOfTheTransform() {
    JobDescription before = describe(VarLongCoder.of());
    assertThat(before.transforms().get("Keep/ParMultiDo(Keep)"))
        .containsEntry("state last", "value of beam:coder:varint:v1")
        .containsEntry("keys", "beam:coder:string_utf8:v1")
        .containsEntry("elements", "beam:coder:varint:v1");
    assertThat(
            Compatibility.of(before, describe(VarLongCoder.of()), NameMapping.NONE)
                .objections(false))
        .isEmpty();
    assertThat(
            Compatibility.of(before, describe(StringUtf8Coder.of()), NameMapping.NONE)
                .objections(true))
        .containsExactly(
            "Keep/ParMultiDo(Keep) cannot read its state: state last: was value of"
                + " beam:coder:varint:v1, is now value of beam:coder:string_utf8:v1");
  }

  @Test
  void pythonsCodersHaveTheNameOfTheirClass() {
    String pickled = PICKLED + " FastPrimitivesCoder";
    assertThat(pickled("FastPrimitivesCoder$one start")).isEqualTo(pickled);
    assertThat(pickled("FastPrimitivesCoder$another\0")).isEqualTo(pickled);
    assertThat(pickled("DillCoder$one start")).isEqualTo(PICKLED + " DillCoder");
    for (String odd : List.of("", "$", "no name", "x".repeat(101) + "$", "a b$")) {
      assertThat(pickled(odd)).isEqualTo(PICKLED);
    }
    assertThat(text(ByteString.copyFrom(new byte[] {10, 7}))).isEqualTo(PICKLED);
  }

  private static String pickled(String payload) {
    return text(BytesValue.of(ByteString.copyFromUtf8(payload)).toByteString());
  }

  private static String text(ByteString payload) {
    RunnerApi.Components components =
        RunnerApi.Components.newBuilder()
            .putCoders(
                "coder",
                RunnerApi.Coder.newBuilder()
                    .setSpec(
                        RunnerApi.FunctionSpec.newBuilder().setUrn(PICKLED).setPayload(payload))
                    .build())
            .build();
    return new CoderText(components, null).of("coder");
  }
}
