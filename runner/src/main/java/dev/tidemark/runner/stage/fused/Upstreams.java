package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.stage.StageProcessor.Upstream;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.Edge;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes before a node: nodes of its own stage, and edges from other stages.
 *
 * <p>Owned by the lane.
 */
final class Upstreams {
  private final List<NodeRuntime> inner = new ArrayList<>();
  private final List<Edge> outer = new ArrayList<>();
  private @Nullable KeySortedInput sorted;

  void addInner(NodeRuntime upstream) {
    inner.add(upstream);
  }

  void addOuter(Edge edge) {
    outer.add(edge);
  }

  /** What comes from outside is kept there first. */
  void addSorted(KeySortedInput input) {
    sorted = input;
  }

  /** What keeps the elements from outside until it can sort them, or null. */
  @Nullable KeySortedInput sorted() {
    return sorted;
  }

  /** The lowest output watermark; the end of time where nothing comes before. */
  long watermark(Upstream stages) {
    if (sorted != null && !sorted.isHandedOver()) {
      return Timestamps.MIN;
    }
    long watermark = Timestamps.MAX;
    for (NodeRuntime upstream : inner) {
      watermark = Math.min(watermark, upstream.outputWatermark());
    }
    for (Edge edge : outer) {
      watermark = Math.min(watermark, stages.watermark(edge));
    }
    return watermark;
  }

  /** Like {@link #watermark}, without what a drain did. */
  long undrainedWatermark(Upstream stages) {
    long watermark = Timestamps.MAX;
    for (NodeRuntime upstream : inner) {
      watermark = Math.min(watermark, upstream.undrainedWatermarks().output());
    }
    for (Edge edge : outer) {
      watermark = Math.min(watermark, stages.undrainedWatermark(edge));
    }
    return watermark;
  }

  /** The earliest processing timer pending in any of them, or {@link Long#MAX_VALUE}. */
  long pendingProcessingTime(Upstream stages) {
    long pending = Long.MAX_VALUE;
    for (NodeRuntime upstream : inner) {
      pending = Math.min(pending, upstream.pendingProcessingTime());
    }
    for (Edge edge : outer) {
      pending = Math.min(pending, stages.pendingProcessingTime(edge));
    }
    return pending;
  }
}
