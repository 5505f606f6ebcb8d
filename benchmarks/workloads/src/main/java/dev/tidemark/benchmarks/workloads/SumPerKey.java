package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;

/** The sum of the numbers of each key. */
final class SumPerKey {
  private SumPerKey() {}

  static void build(Pipeline pipeline, Size size) {
    long keys = size.keys();
    pipeline
        .apply(
            "Elements",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(Elements.key(index, keys), Elements.number(index)),
                    KvCoder.of(VarLongCoder.of(), VarLongCoder.of()),
                    size,
                    4)))
        .apply("Sums", Sum.longsPerKey())
        .apply("Checksum", Checksum.of(sum -> Elements.hash(sum.getKey(), sum.getValue())));
  }
}
