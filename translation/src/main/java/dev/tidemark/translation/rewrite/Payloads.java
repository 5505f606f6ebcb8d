package dev.tidemark.translation.rewrite;

import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/** Parses the payloads of transforms; a payload that is not what its URN says gives null. */
final class Payloads {
  private Payloads() {}

  static RunnerApi.@Nullable ParDoPayload parDo(RunnerApi.PTransform transform) {
    return parse(() -> RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload()));
  }

  static RunnerApi.@Nullable CombinePayload combine(RunnerApi.PTransform transform) {
    return parse(() -> RunnerApi.CombinePayload.parseFrom(transform.getSpec().getPayload()));
  }

  static RunnerApi.@Nullable ReadPayload read(RunnerApi.PTransform transform) {
    return parse(() -> RunnerApi.ReadPayload.parseFrom(transform.getSpec().getPayload()));
  }

  static RunnerApi.@Nullable TestStreamPayload testStream(RunnerApi.PTransform transform) {
    return parse(() -> RunnerApi.TestStreamPayload.parseFrom(transform.getSpec().getPayload()));
  }

  static RunnerApi.@Nullable WindowIntoPayload windowInto(RunnerApi.PTransform transform) {
    return parse(() -> RunnerApi.WindowIntoPayload.parseFrom(transform.getSpec().getPayload()));
  }

  static RunnerApi.@Nullable RedistributePayload redistribute(RunnerApi.PTransform transform) {
    return parse(() -> RunnerApi.RedistributePayload.parseFrom(transform.getSpec().getPayload()));
  }

  private static <T> @Nullable T parse(Parser<T> parser) {
    try {
      return parser.parse();
    } catch (IOException e) {
      return null;
    }
  }

  private interface Parser<T> {
    T parse() throws IOException;
  }
}
