package dev.tidemark.benchmarks.durability;

import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Adds the values of each key up in its state, and answers with the sum when it is asked. */
final class SumFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
  @StateId("sum")
  private final StateSpec<ValueState<Long>> sumSpec = StateSpecs.value(VarLongCoder.of());

  private transient long added;

  @ProcessElement
  public void process(
      @Element KV<Long, Long> element,
      @StateId("sum") ValueState<Long> sum,
      OutputReceiver<KV<Long, Long>> output) {
    Long before = sum.read();
    if (element.getValue() == Workload.QUESTION) {
      output.output(KV.of(element.getKey(), before == null ? 0 : before));
      return;
    }
    sum.write((before == null ? 0 : before) + element.getValue());
    added++;
  }

  @FinishBundle
  public void finishBundle() {
    Tally.added(added);
    added = 0;
  }
}
