package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;

/** The bytes of each key with what is known of the key; half of the bytes have the same key. */
final class HotJoin {
  private static final TupleTag<byte[]> BYTES = new TupleTag<>("bytes");
  private static final TupleTag<Long> FACTORS = new TupleTag<>("factors");

  private HotJoin() {}

  static void build(Pipeline pipeline, Size size) {
    long keys = size.keys();
    int bytes = size.bytes();
    PCollection<KV<Long, byte[]>> elements =
        pipeline.apply(
            "Elements",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(key(index, keys), Elements.bytes(index, bytes)),
                    KvCoder.of(VarLongCoder.of(), ByteArrayCoder.of()),
                    size,
                    bytes + 4)));
    PCollection<KV<Long, Long>> factors =
        pipeline.apply(
            "Factors",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(index, Elements.factor(index)),
                    KvCoder.of(VarLongCoder.of(), VarLongCoder.of()),
                    new Size(keys, keys, 0, 0, null),
                    6)));
    KeyedPCollectionTuple.of(BYTES, elements)
        .and(FACTORS, factors)
        .apply("Join", CoGroupByKey.create())
        .apply("Checksum", Checksum.of(HotJoin::hash));
  }

  /** The key of an element: that of every other one is 0. */
  static long key(long index, long keys) {
    return index % 2 == 0 ? 0 : Elements.key(index, keys);
  }

  private static long hash(KV<Long, CoGbkResult> joined) {
    long key = joined.getKey();
    long sum = 0;
    for (byte[] value : joined.getValue().getAll(BYTES)) {
      sum += Elements.hash(key, value);
    }
    return Elements.hash(key, sum * joined.getValue().getOnly(FACTORS));
  }
}
