package dev.tidemark.translation.wire;

import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/** Which coders this runner knows, and how to write others. */
final class CoderForms {
  /**
   * Coders that every SDK and the runner encode alike, with the number of their parts. A row is not
   * among them: its schema may name a Java class, which would have to be loaded to know the type. A
   * nullable is not, as not every SDK has it, and nothing here looks into one.
   */
  private static final Map<String, Integer> KNOWN =
      Map.ofEntries(
          Map.entry(ModelCoders.BYTES_CODER_URN, 0),
          Map.entry(ModelCoders.BOOL_CODER_URN, 0),
          Map.entry(ModelCoders.STRING_UTF8_CODER_URN, 0),
          Map.entry(ModelCoders.INT64_CODER_URN, 0),
          Map.entry(ModelCoders.DOUBLE_CODER_URN, 0),
          Map.entry(ModelCoders.GLOBAL_WINDOW_CODER_URN, 0),
          Map.entry(ModelCoders.INTERVAL_WINDOW_CODER_URN, 0),
          Map.entry(ModelCoders.KV_CODER_URN, 2),
          Map.entry(ModelCoders.ITERABLE_CODER_URN, 1),
          Map.entry(ModelCoders.LENGTH_PREFIX_CODER_URN, 1),
          Map.entry(ModelCoders.SHARDED_KEY_CODER_URN, 1));

  private CoderForms() {}

  /** Whether both sides know the coder, if not all its parts. */
  static boolean isKnown(RunnerApi.Coder coder) {
    return KNOWN.getOrDefault(coder.getSpec().getUrn(), -1) == coder.getComponentCoderIdsCount();
  }

  static boolean is(RunnerApi.Coder coder, String urn) {
    return coder.getSpec().getUrn().equals(urn);
  }

  static RunnerApi.Coder of(String urn, String... parts) {
    RunnerApi.Coder.Builder coder =
        RunnerApi.Coder.newBuilder().setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(urn));
    for (String part : parts) {
      coder.addComponentCoderIds(part);
    }
    return coder.build();
  }
}
