package dev.tidemark.runner.simulation;

import java.util.List;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;

/** The functions of random pipelines that keep state and set timers. */
final class StatefulFunctions {
  private StatefulFunctions() {}

  /** Remembers the values of a key in a set. */
  static final class DeduplicateInSet
      extends DoFn<KV<Integer, Integer>, KV<Integer, List<Integer>>> {
    @StateId("seen")
    private final StateSpec<SetState<Integer>> seenSpec = StateSpecs.set(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        @StateId("seen") SetState<Integer> seen,
        OutputReceiver<KV<Integer, List<Integer>>> out) {
      if (!seen.contains(element.getValue()).read()) {
        seen.add(element.getValue());
        out.output(KV.of(element.getKey(), List.of(element.getValue())));
      }
    }
  }

  /** Remembers the values of a key in a map. */
  static final class DeduplicateInMap
      extends DoFn<KV<Integer, Integer>, KV<Integer, List<Integer>>> {
    @StateId("seen")
    private final StateSpec<MapState<Integer, Integer>> seenSpec =
        StateSpecs.map(VarIntCoder.of(), VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        @StateId("seen") MapState<Integer, Integer> seen,
        OutputReceiver<KV<Integer, List<Integer>>> out) {
      if (seen.get(element.getValue()).read() == null) {
        seen.put(element.getValue(), 1);
        out.output(KV.of(element.getKey(), List.of(element.getValue())));
      }
    }
  }

  /** Counts and sums per bucket; a timer of the family for each bucket puts them out. */
  static final class BucketTotals extends DoFn<KV<Integer, Integer>, KV<Integer, List<Integer>>> {
    private final int buckets;

    @StateId("counts")
    private final StateSpec<MapState<Integer, Integer>> countsSpec =
        StateSpecs.map(VarIntCoder.of(), VarIntCoder.of());

    @StateId("sum0")
    private final StateSpec<CombiningState<Integer, int[], Integer>> sum0Spec =
        StateSpecs.combining(Sum.ofIntegers());

    @StateId("sum1")
    private final StateSpec<ValueState<Integer>> sum1Spec = StateSpecs.value(VarIntCoder.of());

    @StateId("sum2")
    private final StateSpec<BagState<Integer>> sum2Spec = StateSpecs.bag(VarIntCoder.of());

    @TimerFamily("ends")
    private final TimerSpec endsSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    BucketTotals(int buckets) {
      this.buckets = buckets;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        BoundedWindow window,
        @StateId("counts") MapState<Integer, Integer> counts,
        @StateId("sum0") CombiningState<Integer, int[], Integer> sum0,
        @StateId("sum1") ValueState<Integer> sum1,
        @StateId("sum2") BagState<Integer> sum2,
        @TimerFamily("ends") TimerMap ends) {
      int bucket = Math.floorMod(element.getValue(), buckets);
      Integer count = counts.get(bucket).read();
      counts.put(bucket, count == null ? 1 : count + 1);
      switch (bucket) {
        case 0 -> sum0.add(element.getValue());
        case 1 -> {
          Integer sum = sum1.read();
          sum1.write(sum == null ? element.getValue() : sum + element.getValue());
        }
        default -> sum2.add(element.getValue());
      }
      ends.set(Integer.toString(bucket), window.maxTimestamp());
    }

    @OnTimerFamily("ends")
    public void onEnd(
        @TimerId String name,
        @Key Integer key,
        @StateId("counts") MapState<Integer, Integer> counts,
        @StateId("sum0") CombiningState<Integer, int[], Integer> sum0,
        @StateId("sum1") ValueState<Integer> sum1,
        @StateId("sum2") BagState<Integer> sum2,
        OutputReceiver<KV<Integer, List<Integer>>> out) {
      int bucket = Integer.parseInt(name);
      Integer count = counts.get(bucket).read();
      if (count == null) {
        return;
      }
      Integer sum =
          switch (bucket) {
            case 0 -> sum0.read();
            case 1 -> sum1.read();
            default -> {
              int total = 0;
              for (int value : sum2.read()) {
                total += value;
              }
              yield total;
            }
          };
      out.output(KV.of(key, List.of(bucket, count, sum == null ? 0 : sum)));
    }
  }
}
