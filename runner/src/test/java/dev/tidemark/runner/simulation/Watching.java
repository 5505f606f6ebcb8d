package dev.tidemark.runner.simulation;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** Functions that hand on what comes, and tell the {@link Invariants} of a run of it. */
final class Watching {
  private Watching() {}

  /** Stands behind the source. */
  static final class Taken extends DoFn<KV<Integer, Integer>, KV<Integer, Integer>> {
    private final String run;

    Taken(String run) {
      this.run = run;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        @Timestamp Instant time,
        BundleFinalizer finalizer,
        OutputReceiver<KV<Integer, Integer>> out) {
      Invariants invariants = Collected.of(run).invariants();
      invariants.taken(new Timeline.Element(ElementFunctions.plain(element), time.getMillis()));
      register(invariants, finalizer);
      out.output(element);
    }
  }

  /** Stands before the sink. */
  static final class Results<T> extends DoFn<T, T> {
    private final String run;

    Results(String run) {
      this.run = run;
    }

    @ProcessElement
    public void process(
        @Element T element,
        @Timestamp Instant time,
        BundleFinalizer finalizer,
        OutputReceiver<T> out) {
      Invariants invariants = Collected.of(run).invariants();
      invariants.result(time.getMillis());
      register(invariants, finalizer);
      out.output(element);
    }
  }

  private static void register(Invariants invariants, DoFn.BundleFinalizer finalizer) {
    long id = invariants.registered();
    finalizer.afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, () -> invariants.finalized(id));
  }
}
