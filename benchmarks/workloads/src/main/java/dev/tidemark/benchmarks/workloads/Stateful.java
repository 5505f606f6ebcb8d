package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * The sum of the numbers of each key and second, by a function that keeps it in its state and emits
 * it when a timer fires at the end of the second.
 */
final class Stateful {
  private Stateful() {}

  static void build(Pipeline pipeline, Size size, boolean unbounded) {
    long keys = size.keys();
    KvCoder<Long, Long> coder = KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
    Generator<KV<Long, Long>> generator =
        index -> KV.of(Elements.key(index, keys), Elements.number(index));
    PCollection<KV<Long, Long>> elements =
        unbounded
            ? pipeline.apply("Elements", Read.from(GeneratedStream.of(generator, coder, size)))
            : pipeline.apply("Elements", Read.from(GeneratedSource.of(generator, coder, size, 5)));
    elements
        .apply("Seconds", Window.into(FixedWindows.of(Duration.millis(Elements.WINDOW_MILLIS))))
        .apply("Sums", ParDo.of(new SumFn()))
        .apply("Checksum", Checksum.of(each -> Elements.hash(each.getKey(), each.getValue())));
  }

  private static final class SumFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    @StateId("sum")
    private final StateSpec<ValueState<KV<Long, Long>>> sumSpec =
        StateSpecs.value(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()));

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        BoundedWindow window,
        @StateId("sum") ValueState<KV<Long, Long>> sum,
        @TimerId("end") Timer end) {
      KV<Long, Long> before = sum.read();
      if (before == null) {
        end.set(window.maxTimestamp());
      }
      sum.write(
          KV.of(element.getKey(), (before == null ? 0 : before.getValue()) + element.getValue()));
    }

    @OnTimer("end")
    public void end(
        BoundedWindow window,
        @StateId("sum") ValueState<KV<Long, Long>> sum,
        OutputReceiver<KV<Long, Long>> sums) {
      KV<Long, Long> all = sum.read();
      if (all != null) {
        long last = window.maxTimestamp().getMillis();
        sums.output(KV.of(Elements.keyInWindow(all.getKey(), last), all.getValue()));
      }
    }
  }
}
