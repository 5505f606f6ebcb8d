package dev.tidemark.runner.job;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** State and timers in windows that a group has merged. */
class MergedWindowsTest {

  /** Sums up the groups of a key and session, and tells the sum when the session is over. */
  private static final class SumOfSession extends DoFn<KV<String, Iterable<Integer>>, String> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Integer>> group,
        BoundedWindow window,
        @StateId("sum") ValueState<Integer> sum,
        @TimerId("end") Timer end) {
      Integer before = sum.read();
      int now = before == null ? 0 : before;
      for (int value : group.getValue()) {
        now += value;
      }
      sum.write(now);
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void end(
        @Key String key,
        BoundedWindow window,
        @StateId("sum") ValueState<@Nullable Integer> sum,
        OutputReceiver<String> output) {
      output.output(key + sum.read() + "@" + window.maxTimestamp().plus(Duration.millis(1)));
    }
  }

  private static TimestampedValue<KV<String, Integer>> at(int second, String key, int value) {
    return TimestampedValue.of(KV.of(key, value), instant(second));
  }

  private static Instant instant(int second) {
    return Instant.EPOCH.plus(Duration.standardSeconds(second));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theyAreBySession(boolean streaming) {
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setRunner(TestTidemarkRunner.class);
    options.setStreaming(streaming);
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(
            pipeline
                .apply(
                    Create.timestamped(
                        at(0, "a", 1), at(40, "a", 2), at(50, "b", 4), at(200, "a", 8)))
                .apply(Window.into(Sessions.withGapDuration(Duration.standardMinutes(1))))
                .apply(GroupByKey.create())
                .apply(ParDo.of(new SumOfSession())))
        .containsInAnyOrder("a3@" + instant(100), "b4@" + instant(110), "a8@" + instant(260));
    pipeline.run();
  }
}
