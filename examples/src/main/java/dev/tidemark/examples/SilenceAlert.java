package dev.tidemark.examples;

import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Watches meters that report from time to time and says when one has been silent for too long, by
 * event time: state for each meter, and a timer that every reading moves on.
 *
 * <p>In comes {@code KV<meter, reading>}, out comes {@code KV<meter, text>}. A meter that speaks
 * again after an alert is watched again.
 */
public final class SilenceAlert extends DoFn<KV<String, Integer>, KV<String, String>> {
  private final Duration limit;

  @StateId("latest")
  private final StateSpec<ValueState<Long>> latestSpec = StateSpecs.value(VarLongCoder.of());

  @StateId("readings")
  private final StateSpec<ValueState<Integer>> readingsSpec = StateSpecs.value(VarIntCoder.of());

  @TimerId("silence")
  private final TimerSpec silenceSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  /** Takes how long a meter may be silent. */
  public SilenceAlert(Duration limit) {
    this.limit = limit;
  }

  /** Takes note of a reading. */
  @ProcessElement
  public void process(
      @Element KV<String, Integer> reading,
      @Timestamp Instant time,
      @StateId("latest") ValueState<Long> latest,
      @StateId("readings") ValueState<Integer> readings,
      @TimerId("silence") Timer silence) {
    Integer soFar = readings.read();
    readings.write(soFar == null ? 1 : soFar + 1);
    Long before = latest.read();
    if (before == null || time.getMillis() > before) {
      latest.write(time.getMillis());
      silence.set(time.plus(limit));
    }
  }

  /** The meter was silent for the limit. */
  @OnTimer("silence")
  public void onSilence(
      @Key String meter,
      @StateId("latest") ValueState<Long> latest,
      @StateId("readings") ValueState<Integer> readings,
      OutputReceiver<KV<String, String>> alerts) {
    @Nullable Long since = latest.read();
    alerts.output(
        KV.of(meter, "silent since " + since + " after " + readings.read() + " readings"));
    readings.clear();
    latest.clear();
  }
}
