package dev.tidemark.runner.stage.shard;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.translation.graph.Operation;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.util.ShardedKey;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Makes {@code KV<ShardedKey<K>, V>} of {@code KV<K, V>}. The lanes deal from one count, so that
 * shards get equally many elements whichever lanes they came through. Any shard is right for an
 * element, so the count need not survive the run.
 *
 * <p>Owned by the lane.
 */
public final class WithShardedKeyProcessor implements NodeProcessor {
  private final byte[][] shardIds;
  private LongSupplier turns = () -> 0;
  private OutputPort output = element -> {};

  /** Deals to as many shards as {@code operation} says. */
  public WithShardedKeyProcessor(Operation.WithShardedKey operation) {
    shardIds = new byte[operation.shards()][];
    for (int shard = 0; shard < shardIds.length; shard++) {
      shardIds[shard] = new byte[] {(byte) shard};
    }
  }

  @Override
  public void open(NodeContext context) {
    turns = context.turns();
    output = context.output(context.node().outputs().values().iterator().next());
  }

  @Override
  public void process(WindowedValue<?> element) {
    KV<?, ?> pair = (KV<?, ?>) element.getValue();
    byte[] shardId = shardIds[(int) (turns.getAsLong() % shardIds.length)];
    output.accept(element.withValue(KV.of(ShardedKey.of(pair.getKey(), shardId), pair.getValue())));
  }
}
