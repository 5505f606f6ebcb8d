package dev.tidemark.benchmarks.workloads;

import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;

/** The number of each element times what a map says of its key. */
final class SideInput {
  private SideInput() {}

  static void build(Pipeline pipeline, Size size) {
    long keys = size.keys();
    KvCoder<Long, Long> coder = KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
    PCollectionView<Map<Long, Long>> factors =
        pipeline
            .apply(
                "Factors",
                Read.from(
                    GeneratedSource.of(
                        index -> KV.of(index, Elements.factor(index)),
                        coder,
                        new Size(keys, keys, 0, 0, null),
                        6)))
            .apply("Map", View.asMap());
    pipeline
        .apply(
            "Elements",
            Read.from(
                GeneratedSource.of(
                    index -> KV.of(Elements.key(index, keys), Elements.number(index)),
                    coder,
                    size,
                    5)))
        .apply("Times", ParDo.of(new TimesFn(factors)).withSideInput("factors", factors))
        .apply("Checksum", Checksum.of(each -> Elements.hash(each.getKey(), each.getValue())));
  }

  private static final class TimesFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private final PCollectionView<Map<Long, Long>> factors;

    TimesFn(PCollectionView<Map<Long, Long>> factors) {
      this.factors = factors;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<Long, Long> element = context.element();
      Long factor = context.sideInput(factors).get(element.getKey());
      if (factor == null) {
        throw new IllegalStateException("nothing is known of " + element);
      }
      context.output(KV.of(element.getKey(), element.getValue() * factor));
    }
  }
}
