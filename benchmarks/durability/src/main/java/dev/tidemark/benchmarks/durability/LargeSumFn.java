package dev.tidemark.benchmarks.durability;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** As {@link SumFn}, with further bytes in each key's state, which cannot be compressed. */
final class LargeSumFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
  @StateId("sum")
  private final StateSpec<ValueState<byte[]>> sumSpec = StateSpecs.value(ByteArrayCoder.of());

  private final int bytes;
  private transient @Nullable SplittableRandom random;
  private transient long added;

  LargeSumFn(int bytes) {
    this.bytes = bytes;
  }

  @ProcessElement
  public void process(
      @Element KV<Long, Long> element,
      @StateId("sum") ValueState<byte[]> sum,
      OutputReceiver<KV<Long, Long>> output) {
    byte[] stored = sum.read();
    long before = stored == null ? 0 : ByteBuffer.wrap(stored).getLong();
    if (element.getValue() == Workload.QUESTION) {
      output.output(KV.of(element.getKey(), before));
      return;
    }
    byte[] after = new byte[Long.BYTES + bytes];
    random().nextBytes(after);
    ByteBuffer.wrap(after).putLong(before + element.getValue());
    sum.write(after);
    added++;
  }

  @FinishBundle
  public void finishBundle() {
    Tally.added(added);
    added = 0;
  }

  private SplittableRandom random() {
    SplittableRandom known = random;
    if (known == null) {
      known = new SplittableRandom();
      random = known;
    }
    return known;
  }
}
