package dev.tidemark.runner.recovery;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;

/** Keeps all that comes in its state, and tells the witness of it at the end of time. */
final class Sink extends DoFn<KV<String, String>, Void> {
  private static final long serialVersionUID = 1L;

  private final String run;

  @StateId("all")
  private final StateSpec<BagState<String>> allSpec = StateSpecs.bag(StringUtf8Coder.of());

  @TimerId("end")
  private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  Sink(String run) {
    this.run = run;
  }

  @ProcessElement
  public void process(
      @Element KV<String, String> element,
      @StateId("all") BagState<String> all,
      @TimerId("end") Timer end,
      BundleFinalizer finalizer) {
    Witness witness = Witness.of(run);
    witness.element();
    all.add(element.getValue());
    end.set(GlobalWindow.INSTANCE.maxTimestamp());
    long id = witness.registered();
    finalizer.afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, () -> witness.called(id));
  }

  @OnTimer("end")
  public void atTheEnd(@Key String branch, @StateId("all") BagState<String> all) {
    List<String> values = new ArrayList<>();
    all.read().forEach(values::add);
    Witness.of(run).result(branch, values);
  }
}
