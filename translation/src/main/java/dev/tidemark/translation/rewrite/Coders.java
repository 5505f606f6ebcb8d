package dev.tidemark.translation.rewrite;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.jspecify.annotations.Nullable;

/** Questions about coder protos. */
final class Coders {
  private Coders() {}

  /** The id of the key coder of a {@code KV} coder, or null if the coder is another. */
  static @Nullable String keyCoder(RunnerApi.ComponentsOrBuilder components, String coderId) {
    RunnerApi.Coder coder = components.getCodersOrDefault(coderId, null);
    return coder != null
            && coder.getSpec().getUrn().equals(ModelCoders.KV_CODER_URN)
            && coder.getComponentCoderIdsCount() == 2
        ? coder.getComponentCoderIds(0)
        : null;
  }

  /** The id of the value coder of a {@code KV} coder, or null if the coder is another. */
  static @Nullable String valueCoder(RunnerApi.ComponentsOrBuilder components, String coderId) {
    return keyCoder(components, coderId) == null
        ? null
        : components.getCodersOrThrow(coderId).getComponentCoderIds(1);
  }

  /**
   * Whether two coders are the same by specification and components, whatever their ids: then equal
   * values have equal bytes.
   */
  static boolean same(
      RunnerApi.ComponentsOrBuilder components, @Nullable String oneId, @Nullable String otherId) {
    if (oneId == null || otherId == null) {
      return false;
    }
    if (oneId.equals(otherId)) {
      return true;
    }
    RunnerApi.Coder one = components.getCodersOrDefault(oneId, null);
    RunnerApi.Coder other = components.getCodersOrDefault(otherId, null);
    if (one == null
        || other == null
        || !one.getSpec().equals(other.getSpec())
        || one.getComponentCoderIdsCount() != other.getComponentCoderIdsCount()) {
      return false;
    }
    for (int i = 0; i < one.getComponentCoderIdsCount(); i++) {
      if (!same(components, one.getComponentCoderIds(i), other.getComponentCoderIds(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a coder is another one in a length prefix. */
  static boolean isLengthPrefixed(
      RunnerApi.ComponentsOrBuilder components, String coderId, String contentId) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    return coder.getSpec().getUrn().equals(ModelCoders.LENGTH_PREFIX_CODER_URN)
        && coder.getComponentCoderIdsCount() == 1
        && same(components, coder.getComponentCoderIds(0), contentId);
  }

  /** The coder of pairs. */
  static RunnerApi.Coder kv(String keyCoderId, String valueCoderId) {
    return ModelCoders.kvCoder(keyCoderId, valueCoderId);
  }

  /** The coder of iterables. */
  static RunnerApi.Coder iterable(String elementCoderId) {
    return model(ModelCoders.ITERABLE_CODER_URN).addComponentCoderIds(elementCoderId).build();
  }

  /** The coder of what has its length in front. */
  static RunnerApi.Coder lengthPrefixed(String coderId) {
    return model(ModelCoders.LENGTH_PREFIX_CODER_URN).addComponentCoderIds(coderId).build();
  }

  /** The coder of byte arrays. */
  static RunnerApi.Coder bytes() {
    return model(ModelCoders.BYTES_CODER_URN).build();
  }

  /** The coder of {@code Double}. */
  static RunnerApi.Coder doubles() {
    return model(ModelCoders.DOUBLE_CODER_URN).build();
  }

  private static RunnerApi.Coder.Builder model(String urn) {
    return RunnerApi.Coder.newBuilder().setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(urn));
  }
}
