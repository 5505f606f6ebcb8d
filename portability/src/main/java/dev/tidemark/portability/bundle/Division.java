package dev.tidemark.portability.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.BundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.DelayedBundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Divides one try of a bundle between its lane and others: what the worker splits off leaves the
 * input, and goes to the lane that waits for it.
 *
 * <p>Owned by the lane.
 */
final class Division {
  private static final String READ_INDEX = "beam:metric:data_channel:read_index:v1";
  private static final long LEAST_PAUSE_NANOS = 250_000_000;
  private static final long MOST_PAUSE_NANOS = 10_000_000_000L;

  private final DivisibleBundle shared;
  private final HarnessPlan plan;
  private final BundleInput input;
  private final long sent;
  private long limit;
  private long pause = LEAST_PAUSE_NANOS;
  private long pausedAt;
  private boolean paused;

  /** All of {@code input} was sent to the worker. */
  Division(DivisibleBundle shared, HarnessPlan plan, BundleInput input) {
    this.shared = shared;
    this.plan = plan;
    this.input = input;
    this.sent = input.elements();
    this.limit = sent;
    shared.remaining(sent);
  }

  /** Whether another lane waits for a part. */
  boolean isWanted() {
    return shared.isWanted();
  }

  /** Whether it makes sense to ask: not soon again when there was nothing to be had. */
  boolean isPromising() {
    return !paused || System.nanoTime() - pausedAt >= pause;
  }

  /** Asks for half of what is left. */
  BeamFnApi.ProcessBundleSplitRequest request(String instruction) {
    return InputSplit.request(instruction, plan.source(), 0.5, sent);
  }

  /** How far the worker has come. */
  void progress(BeamFnApi.ProcessBundleProgressResponse progress) {
    for (MonitoringInfo info : progress.getMonitoringInfosList()) {
      if (info.getUrn().equals(READ_INDEX)) {
        try {
          shared.remaining(limit - VarInt.decodeLong(info.getPayload().newInput()));
        } catch (IOException e) {
          throw new IllegalArgumentException("its index of the input is no number", e);
        }
      }
    }
  }

  /** There is nothing to be had. */
  void refuse() {
    shared.give(null);
  }

  /**
   * The worker has split it, or not.
   *
   * @throws IllegalArgumentException if the answer makes no sense
   */
  void split(ProcessBundleSplitResponse response) {
    InputSplit split = InputSplit.of(response, plan.source());
    long kept = split == null ? limit : split.kept();
    long given = split == null ? limit : split.given();
    if (given >= limit && response.getResidualRootsCount() == 0) {
      pause = paused ? Math.min(2 * pause, MOST_PAUSE_NANOS) : pause;
      paused = true;
      pausedAt = System.nanoTime();
      shared.give(null);
      return;
    }
    paused = false;
    pause = LEAST_PAUSE_NANOS;
    check(kept, given, response);
    try {
      List<BundlePart.Chunk> chunks = new ArrayList<>(input.giveAway(kept, given, rests(response)));
      for (DelayedBundleApplication residual : response.getResidualRootsList()) {
        chunks.add(new BundlePart.Chunk(element(residual.getApplication()), 1));
      }
      limit = given;
      shared.remaining(kept);
      shared.give(new BundlePart(chunks, shared.hold()));
    } catch (IOException e) {
      throw new HarnessException("elements of the runner's own cannot be read again: " + e);
    }
  }

  private void check(long kept, long given, ProcessBundleSplitResponse response) {
    boolean halves = response.getPrimaryRootsCount() > 0 && response.getResidualRootsCount() > 0;
    if (kept < 0 || given > limit || kept + (halves ? 1 : 0) != given) {
      throw new IllegalArgumentException(
          ("a split of %d elements keeps %d, gives away those from %d on, and has %d primary and"
                  + " %d residual roots")
              .formatted(
                  limit,
                  kept,
                  given,
                  response.getPrimaryRootsCount(),
                  response.getResidualRootsCount()));
    }
  }

  private List<ByteString> rests(ProcessBundleSplitResponse response) {
    return response.getPrimaryRootsList().stream().map(this::element).toList();
  }

  private ByteString element(BundleApplication application) {
    if (!application.getTransformId().equals(plan.process())) {
      throw new HarnessException(
          "the SDK has split an element of "
              + application.getTransformId()
              + ", which takes no restrictions from the runner");
    }
    return application.getElement();
  }
}
