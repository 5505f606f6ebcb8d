package dev.tidemark.runner.source;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.util.construction.TestStreamTranslation;

/**
 * Replays all {@code TestStream}s of a job in step: whenever the job has nothing left to do, the
 * driver calls {@link #step}, which delivers the next event of each stream. They share one clock,
 * which only their events move.
 *
 * <p>Thread-safe.
 */
public final class TestStreamController {
  /** What the clock of a job with {@code TestStream}s shows at first: Beam's direct runner's. */
  public static final long CLOCK_START = Timestamps.MIN;

  private final ManualClock clock;
  private final List<TestStreamReplay> streams = new CopyOnWriteArrayList<>();

  /** Makes a controller that advances {@code clock}, which should start at {@link #CLOCK_START}. */
  public TestStreamController(ManualClock clock) {
    this.clock = clock;
  }

  /** The clock of the job. */
  public ManualClock clock() {
    return clock;
  }

  /**
   * Makes the lanes of one stream; its elements come in lane 0.
   *
   * @param context of a node with an {@link Operation.TestStream}
   */
  public List<SourceLane> lanes(SourceContext context) {
    TestStreamReplay replay = new TestStreamReplay(events(context));
    streams.add(replay);
    List<SourceLane> lanes = new ArrayList<>();
    lanes.add(new TestStreamLane(replay));
    for (int lane = 1; lane < context.lanes(); lane++) {
      lanes.add(new TestStreamLane(TestStreamReplay.ended()));
    }
    return lanes;
  }

  private static List<TestStream.Event<Object>> events(SourceContext context) {
    RunnerApi.TestStreamPayload payload =
        ((Operation.TestStream) context.node().operation()).payload();
    try {
      Coder<Object> coder = context.components().get().coder(payload.getCoderId());
      return TestStreamTranslation.<Object>testStreamFromProtoPayload(payload, coder).getEvents();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          context.node().fullName() + ": cannot decode the events of its TestStream", e);
    }
  }

  /**
   * Delivers the next event of every stream that has one; to be called when the job is quiescent. A
   * stream whose events are all delivered reaches the end of time in the following step, unless an
   * event took it there.
   *
   * @return whether there was anything to deliver
   */
  public boolean step() {
    boolean any = false;
    for (TestStreamReplay stream : streams) {
      any |= stream.step(clock);
    }
    return any;
  }
}
