package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.values.KV;

/** All bytes of a single key, looked at twice. */
final class HotKey {
  private HotKey() {}

  static void build(Pipeline pipeline, Size size) {
    int bytes = size.bytes();
    pipeline
        .apply(
            "Elements",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(0L, Elements.bytes(index, bytes)),
                    KvCoder.of(VarLongCoder.of(), ByteArrayCoder.of()),
                    size,
                    bytes + 4)))
        .apply("Group", GroupByKey.create())
        .apply("Checksum", Checksum.of(HotKey::hash));
  }

  private static long hash(KV<Long, Iterable<byte[]>> group) {
    long key = group.getKey();
    long first = 0;
    for (byte[] value : group.getValue()) {
      first += Elements.hash(key, value);
    }
    long second = 0;
    for (byte[] value : group.getValue()) {
      second += Elements.hash(key, value);
    }
    return Elements.hash(first, second);
  }
}
