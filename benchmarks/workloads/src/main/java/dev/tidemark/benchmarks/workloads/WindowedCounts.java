package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;

/** How often each key of a stream comes in each second. */
final class WindowedCounts {
  private WindowedCounts() {}

  static void build(Pipeline pipeline, Size size) {
    long keys = size.keys();
    pipeline
        .apply(
            "Elements",
            Read.from(
                GeneratedStream.of(index -> Elements.key(index, keys), VarLongCoder.of(), size)))
        .apply("Seconds", Window.into(FixedWindows.of(Duration.millis(Elements.WINDOW_MILLIS))))
        .apply("Counts", Count.perElement())
        .apply("With window", ParDo.of(new WithWindowFn()))
        .apply("Checksum", Checksum.of(each -> Elements.hash(each.getKey(), each.getValue())));
  }

  private static final class WithWindowFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    @ProcessElement
    public void process(
        @Element KV<Long, Long> count,
        BoundedWindow window,
        OutputReceiver<KV<Long, Long>> counts) {
      long last = window.maxTimestamp().getMillis();
      counts.output(KV.of(Elements.keyInWindow(count.getKey(), last), count.getValue()));
    }
  }
}
