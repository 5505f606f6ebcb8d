package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.values.KV;

/** All bytes of each key, looked at once. */
final class Groups {
  private Groups() {}

  static void build(Pipeline pipeline, Size size) {
    long keys = size.keys();
    int bytes = size.bytes();
    pipeline
        .apply(
            "Elements",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(Elements.key(index, keys), Elements.bytes(index, bytes)),
                    KvCoder.of(VarLongCoder.of(), ByteArrayCoder.of()),
                    size,
                    bytes + 4)))
        .apply("Groups", GroupByKey.create())
        .apply("Checksum", Checksum.of(Groups::hash));
  }

  private static long hash(KV<Long, Iterable<byte[]>> group) {
    long key = group.getKey();
    long sum = 0;
    for (byte[] value : group.getValue()) {
      sum += Elements.hash(key, value);
    }
    return sum;
  }
}
