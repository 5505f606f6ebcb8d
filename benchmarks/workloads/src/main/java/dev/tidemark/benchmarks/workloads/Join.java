package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;

/** The numbers of each key with what is known of the key, which is one number. */
final class Join {
  private static final TupleTag<Long> NUMBERS = new TupleTag<>("numbers");
  private static final TupleTag<Long> FACTORS = new TupleTag<>("factors");

  private Join() {}

  static void build(Pipeline pipeline, Size size) {
    long keys = size.keys();
    KvCoder<Long, Long> coder = KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
    PCollection<KV<Long, Long>> numbers =
        pipeline.apply(
            "Numbers",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(Elements.key(index, keys), Elements.number(index)),
                    coder,
                    size,
                    5)));
    PCollection<KV<Long, Long>> factors =
        pipeline.apply(
            "Factors",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(index, Elements.factor(index)),
                    coder,
                    new Size(keys, keys, 0, 0, null),
                    6)));
    KeyedPCollectionTuple.of(NUMBERS, numbers)
        .and(FACTORS, factors)
        .apply("Join", CoGroupByKey.create())
        .apply("Checksum", Checksum.of(Join::hash));
  }

  private static long hash(KV<Long, CoGbkResult> joined) {
    long sum = 0;
    for (long number : joined.getValue().getAll(NUMBERS)) {
      sum += number;
    }
    return Elements.hash(joined.getKey(), sum * joined.getValue().getOnly(FACTORS));
  }
}
