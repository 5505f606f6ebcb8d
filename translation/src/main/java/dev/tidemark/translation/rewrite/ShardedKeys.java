package dev.tidemark.translation.rewrite;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.jspecify.annotations.Nullable;

/**
 * Finds the part of {@code GroupIntoBatches.withShardedKey} that gives each element a shard. Beam's
 * own takes the thread for it, so that how much comes together would depend on how threads happen
 * to share the work; an operation of ours takes its place. The grouping stays as it is.
 */
final class ShardedKeys {
  /** What such a part becomes. */
  static final String WITH_SHARDED_KEY = "tidemark:transform:with_sharded_key:v1";

  /**
   * How many shards a key has. A constant, so that batches do not depend on the machine: enough to
   * keep its lanes busy with one hot key, and few enough that their batches fill.
   */
  static final int SHARDS = 8;

  private final RunnerApi.Components components;

  private ShardedKeys(RunnerApi.Components components) {
    this.components = components;
  }

  /** The pipeline with {@link #WITH_SHARDED_KEY} in place of such parts. */
  static RunnerApi.Pipeline replace(RunnerApi.Pipeline pipeline) {
    ShardedKeys keys = new ShardedKeys(pipeline.getComponents());
    RunnerApi.Pipeline.Builder rewritten = pipeline.toBuilder();
    for (RunnerApi.PTransform transform : pipeline.getComponents().getTransformsMap().values()) {
      if (transform
          .getSpec()
          .getUrn()
          .equals(PTransformTranslation.GROUP_INTO_BATCHES_WITH_SHARDED_KEY_URN)) {
        for (String id : transform.getSubtransformsList()) {
          RunnerApi.PTransform part = pipeline.getComponents().getTransformsOrThrow(id);
          if (keys.shards(part)) {
            rewritten.getComponentsBuilder().putTransforms(id, withShardedKey(part));
          }
        }
      }
    }
    return rewritten.build();
  }

  /** Whether a part turns {@code KV<K, V>} into {@code KV<ShardedKey<K>, V>}. */
  private boolean shards(RunnerApi.PTransform part) {
    if (part.getInputsCount() != 1 || part.getOutputsCount() != 1) {
      return false;
    }
    String input = coderOf(part.getInputsMap().values().iterator().next());
    String output = coderOf(part.getOutputsMap().values().iterator().next());
    String shardedKey = Coders.keyCoder(components, output);
    return Coders.same(
            components,
            Coders.keyCoder(components, input),
            shardedKey == null ? null : keyOfSharded(components.getCodersOrThrow(shardedKey)))
        && Coders.same(
            components,
            Coders.valueCoder(components, input),
            Coders.valueCoder(components, output));
  }

  private String coderOf(String collection) {
    return components.getPcollectionsOrThrow(collection).getCoderId();
  }

  private static @Nullable String keyOfSharded(RunnerApi.Coder coder) {
    return coder.getSpec().getUrn().equals(ModelCoders.SHARDED_KEY_CODER_URN)
            && coder.getComponentCoderIdsCount() == 1
        ? coder.getComponentCoderIds(0)
        : null;
  }

  private static RunnerApi.PTransform withShardedKey(RunnerApi.PTransform part) {
    return part.toBuilder()
        .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(WITH_SHARDED_KEY))
        .build();
  }
}
