package dev.tidemark.runner.epoch;

import dev.tidemark.runner.source.SourceLane;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The sources of one stage in one lane. What a source throws is blamed on its transform.
 *
 * <p>Owned by the lane, but for {@link #ready} and {@link #drain}, which the driver calls between
 * rounds.
 */
final class LaneSources {
  /** A source and the node that it feeds. Owned by the lane. */
  private static final class Fed {
    private final Node node;
    private final MetricsContainer metrics;
    private final SourceLane lane;
    private long shownWatermark = Timestamps.MIN;

    Fed(Node node, MetricsContainer metrics, SourceLane lane) {
      this.node = node;
      this.metrics = metrics;
      this.lane = lane;
    }
  }

  /** Something that may throw what a user's source may throw. */
  private interface Action {
    void run() throws Exception;
  }

  private final boolean endApart;
  private final Map<NodeId, Fed> sources = new LinkedHashMap<>();

  /**
   * Makes an empty set.
   *
   * @param endApart whether a source's end shows in a later epoch than its last elements, so that
   *     what these set off in processing time can come before it
   */
  LaneSources(boolean endApart) {
    this.endApart = endApart;
  }

  void add(Node node, MetricsContainer metrics, SourceLane lane) {
    sources.put(node.id(), new Fed(node, metrics, lane));
  }

  /**
   * Has the sources find what an earlier run left in their state.
   *
   * @param watermarks how far each had come in this lane
   */
  void restore(ToLongFunction<NodeId> watermarks) {
    for (Fed source : sources.values()) {
      source.shownWatermark = watermarks.applyAsLong(source.node.id());
      run(source, () -> source.lane.restore(source.shownWatermark));
    }
  }

  void open() {
    for (Fed source : sources.values()) {
      run(source, source.lane::open);
    }
  }

  /**
   * Emits what is ready into the ports of the nodes.
   *
   * @return whether more is ready now, elements or the end
   */
  boolean emit(EpochBudget budget, Function<NodeId, OutputPort> ports, StageExecution progress) {
    boolean[] more = new boolean[1];
    for (Fed source : sources.values()) {
      CountingPort port = new CountingPort(ports.apply(source.node.id()));
      run(source, () -> more[0] |= source.lane.emit(port, budget.share()));
      more[0] |= !show(source, port.count > 0);
      progress.noteSourceElements(port.count);
    }
    return more[0];
  }

  /** Shows the watermark of a source after its turn, unless its end has to wait. */
  private boolean show(Fed source, boolean emitted) {
    long watermark = source.lane.watermark();
    if (endApart && emitted && watermark == Timestamps.MAX) {
      return false;
    }
    source.shownWatermark = watermark;
    return true;
  }

  /** Whether a source has something. From the driver, between rounds. */
  boolean ready() {
    for (Fed source : sources.values()) {
      if (source.lane.ready()) {
        return true;
      }
    }
    return false;
  }

  long watermark(NodeId source) {
    return Objects.requireNonNull(sources.get(source)).shownWatermark;
  }

  /** Adds the finalizers of what was emitted in the epoch. */
  void seal(List<Runnable> marks) {
    for (Fed source : sources.values()) {
      run(source, () -> marks.add(source.lane.seal()));
    }
  }

  /** Stops reading for good. From the driver, between rounds. */
  void drain() {
    sources.values().forEach(source -> source.lane.drain());
  }

  /** Closes all sources, whatever fails on the way. */
  void close() {
    @Nullable RuntimeException failure = null;
    for (Fed source : sources.values()) {
      try {
        run(source, source.lane::close);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static void run(Fed source, Action action) {
    MetricsContainer previous = MetricsEnvironment.setCurrentContainer(source.metrics);
    try {
      action.run();
    } catch (Throwable t) {
      throw TransformException.of(source.node.fullName(), t);
    } finally {
      MetricsEnvironment.setCurrentContainer(previous);
    }
  }

  /** Counts what a source emits. Owned by the lane. */
  private static final class CountingPort implements OutputPort {
    private final OutputPort target;
    private long count;

    CountingPort(OutputPort target) {
      this.target = target;
    }

    @Override
    public void accept(WindowedValue<?> element) {
      count++;
      target.accept(element);
    }

    @Override
    public void accept(@Nullable Object value, WindowedValue<?> like) {
      count++;
      target.accept(value, like);
    }
  }
}
