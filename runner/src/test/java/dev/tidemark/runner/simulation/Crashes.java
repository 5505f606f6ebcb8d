package dev.tidemark.runner.simulation;

import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.PipelineTestDriver;
import dev.tidemark.runner.recovery.CrashingStore;
import dev.tidemark.runner.state.HeapStateStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline as a job that keeps its state and crashes some times, in a commit or at an element,
 * and each time goes on from what is committed, with other lanes. One thread and one clock; the
 * seed decides the rest, except for what readers of unbounded sources do on threads of their own.
 *
 * <p>What the pipeline puts out counts with the commit of its epoch, as with a sink that takes part
 * in it; in the end that is what the oracle says. The {@link Invariants} hold after each epoch.
 */
final class Crashes {
  private static final int MAX_CRASHES = 4;
  private static final int MAX_EPOCHS = 3_000;
  private static final int KEY_GROUPS = 8;
  private static final int SPLITS = 3;

  private final PipelineSpec spec;
  private final Random random;
  private final String run = UUID.randomUUID().toString();
  private final Collected collected = Collected.of(run);
  private final HeapStateStore store = new HeapStateStore();
  private final Invariants invariants;

  private Crashes(PipelineSpec spec) {
    this.spec = spec;
    this.random = new Random(spec.seed());
    this.invariants = new Invariants(spec.timeline().elements());
    collected.watch(invariants);
  }

  /**
   * The pipeline with another source, which a job that keeps its state may have.
   *
   * @return nothing if there is none
   */
  static Optional<PipelineSpec> durable(PipelineSpec spec) {
    Timeline.Kind kind =
        spec.seed() % 2 == 0 ? Timeline.Kind.CREATE_STREAMING : Timeline.Kind.UNBOUNDED_READ;
    List<Timeline.Element> elements = spec.timeline().elements();
    PipelineSpec kept = spec.with(new Timeline(kind, List.of(new Timeline.Elements(elements))));
    return elements.isEmpty() || spec.streamsSides() || !kept.accepted()
        ? Optional.empty()
        : Optional.of(kept);
  }

  /** Says what is wrong, or gives null, also for a pipeline that cannot be run so. */
  static @Nullable String failure(PipelineSpec spec) {
    return durable(spec).map(kept -> new Crashes(kept).failure()).orElse(null);
  }

  private @Nullable String failure() {
    try {
      int crashes = random.nextInt(MAX_CRASHES + 1);
      boolean done = false;
      for (int process = 0; !done; process++) {
        done = process(process < crashes);
      }
      if (crashes == 0
          && spec.timeline().readers()
          && collected.taken().size() != spec.timeline().elements().size()) {
        return Invariants.Name.FINALIZED_ALWAYS + ": not all marks were: " + collected.taken();
      }
      return collected.observation().disagreement(spec);
    } catch (Exception | AssertionError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    } finally {
      Collected.forget(run);
    }
  }

  /** Runs a process to its end; returns whether the job is done. */
  private boolean process(boolean crashing) throws Exception {
    int where = crashing ? random.nextInt(3) : -1;
    collected.begin(where == 2 ? random.nextInt(10) : Integer.MAX_VALUE);
    CrashingStore seen =
        new CrashingStore(
            epoch -> {
              collected.commit();
              invariants.committed(epoch);
            },
            store,
            where == 0 || where == 1 ? random.nextInt(8) : Long.MAX_VALUE,
            where == 1,
            CrashingStore.Crash::new);
    invariants.processBegins(store.manifest().epoch());
    try (PipelineTestDriver driver =
        new PipelineTestDriver(pipeline(), random.nextLong(), 1 + random.nextInt(7), seen)) {
      invariants.found(driver.watermarks());
      run(driver);
      return true;
    } catch (Exception e) {
      if (!CrashingStore.Crash.isCauseOf(e)) {
        throw e;
      }
      return false;
    }
  }

  private void run(PipelineTestDriver driver) throws Exception {
    for (int epochs = 0; epochs < MAX_EPOCHS; epochs++) {
      if (!driver.hasWork()) {
        // Readers have threads of their own.
        Thread.sleep(1);
      }
      driver.advance(Duration.millis(random.nextInt(50)));
      invariants.epochBegins(driver.epoch() + 1);
      boolean last = driver.runEpoch();
      driver.failIfFailed();
      invariants.epochEnds(
          driver.watermarks(),
          driver.watermark(BeamPipeline.TAKEN),
          promisedOfResults(driver),
          store);
      if (last) {
        invariants.jobEnds();
      }
      if (!invariants.broken().isEmpty()) {
        throw new AssertionError("" + invariants.broken());
      }
      if (last) {
        return;
      }
    }
    throw new AssertionError("the job does not end");
  }

  /** Before which time no result may come any more. */
  private Instant promisedOfResults(PipelineTestDriver driver) {
    // A pane that is fired because its window closes has the time of the window's end, long ago.
    return spec.windowing().alwaysFireOnClose()
        ? BoundedWindow.TIMESTAMP_MIN_VALUE
        : driver.watermark(BeamPipeline.RESULTS);
  }

  private Pipeline pipeline() {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(1 << random.nextInt(3));
    options.setStreaming(true);
    options.setKeyGroups(KEY_GROUPS);
    options.setUnboundedSplits(SPLITS);
    Pipeline pipeline = Pipeline.create(options);
    BeamPipeline.buildWatched(spec, pipeline, run);
    return pipeline;
  }
}
