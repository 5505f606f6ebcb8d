package dev.tidemark.benchmarks.workloads;

import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;

/** What a map of many bytes says of the key of each element. */
final class LargeSideInput {
  private LargeSideInput() {}

  static void build(Pipeline pipeline, Size size) {
    long keys = size.keys();
    int bytes = size.bytes();
    PCollectionView<Map<Long, byte[]>> known =
        pipeline
            .apply(
                "Known",
                Read.from(
                    GeneratedSource.of(
                        index -> KV.of(index, Elements.bytes(index, bytes)),
                        KvCoder.of(VarLongCoder.of(), ByteArrayCoder.of()),
                        new Size(keys, keys, bytes, 0, null),
                        bytes + 4)))
            .apply("Map", View.asMap());
    pipeline
        .apply(
            "Elements",
            Read.from(
                GeneratedSource.of(index -> Elements.key(index, keys), VarLongCoder.of(), size, 4)))
        .apply("Look up", ParDo.of(new LookUpFn(known)).withSideInput("known", known))
        .apply("Checksum", Checksum.of(hash -> hash));
  }

  private static final class LookUpFn extends DoFn<Long, Long> {
    private final PCollectionView<Map<Long, byte[]>> known;

    LookUpFn(PCollectionView<Map<Long, byte[]>> known) {
      this.known = known;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long key = context.element();
      byte[] value = context.sideInput(known).get(key);
      if (value == null) {
        throw new IllegalStateException("nothing is known of " + key);
      }
      context.output(Elements.hash(key, value));
    }
  }
}
