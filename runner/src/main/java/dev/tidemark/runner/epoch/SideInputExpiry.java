package dev.tidemark.runner.epoch;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.SideInputSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Forgets the side input windows that no main input window can map to any more.
 *
 * <p>Owned by the driver.
 */
final class SideInputExpiry {
  /**
   * A node that reads a view.
   *
   * @param lookBehindMillis how far before the end of a main input window the end of its side input
   *     window may lie, allowed lateness included
   */
  private record Reader(StageExecution stage, NodeId node, long lookBehindMillis) {}

  private final JobContext job;
  private final Map<NodeId, List<Reader>> readers = new HashMap<>();
  private final Map<NodeId, Long> expired = new HashMap<>();

  SideInputExpiry(JobContext job, List<StageExecution> stages) {
    this.job = job;
    Components components = new Components(job.graph());
    for (StageExecution stage : stages) {
      for (Node node : stage.stage().nodes()) {
        if (node.sideInputs().isEmpty()) {
          continue;
        }
        Map<String, PCollectionView<?>> views = components.views(node);
        long lateness = components.windowing(node.inputs().get(0)).getAllowedLateness().getMillis();
        for (SideInputSpec sideInput : node.sideInputs()) {
          PCollectionView<?> view = Objects.requireNonNull(views.get(sideInput.tag()));
          long lookback = view.getWindowMappingFn().maximumLookback().getMillis();
          readers
              .computeIfAbsent(sideInput.view(), v -> new ArrayList<>())
              .add(new Reader(stage, node.id(), lookback + lateness));
        }
      }
    }
  }

  /** Forgets what has become unreachable. */
  void run() {
    readers.forEach(
        (view, viewReaders) -> {
          long reachable = Timestamps.MAX;
          for (Reader reader : viewReaders) {
            long hold = reader.stage().sideInputHold(reader.node());
            reachable =
                Math.min(reachable, Math.max(hold - reader.lookBehindMillis(), Timestamps.MIN));
          }
          Long before = expired.put(view, reachable);
          if (before == null || before < reachable) {
            job.sideInputTable(view).expire(reachable);
          }
        });
  }
}
