package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Operation.UnboundedRead}, split once into readers that are dealt to the lanes. The
 * number of splits does not depend on that of the lanes: checkpoint marks belong to splits, and a
 * job may go on from them with other lanes.
 *
 * <p>Thread-safe. Shared by the lanes of one node.
 */
final class UnboundedReadSource {
  private final SourceContext context;
  private final UnboundedSource<Object, CheckpointMark> source;
  private final Deduplicator deduplicator;
  private final BacklogGauges backlog = new BacklogGauges();
  private @Nullable List<UnboundedSource<Object, CheckpointMark>> splits;

  private UnboundedReadSource(
      SourceContext context, UnboundedSource<Object, CheckpointMark> source) {
    this.context = context;
    this.source = source;
    this.deduplicator =
        source.requiresDeduping() ? new RecentIds(context.clock()) : Deduplicator.NONE;
  }

  static List<SourceLane> lanes(SourceContext context) {
    UnboundedReadSource read = new UnboundedReadSource(context, source(context));
    List<SourceLane> lanes = new ArrayList<>();
    for (int lane = 0; lane < context.lanes(); lane++) {
      lanes.add(new UnboundedReadLane(context, read, lane));
    }
    return lanes;
  }

  @SuppressWarnings("unchecked") // elements and marks are opaque here
  private static UnboundedSource<Object, CheckpointMark> source(SourceContext context) {
    Operation.UnboundedRead read = (Operation.UnboundedRead) context.node().operation();
    try {
      return (UnboundedSource<Object, CheckpointMark>)
          ReadTranslation.unboundedSourceFromProto(read.payload());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          context.node().fullName() + ": cannot deserialize its UnboundedSource", e);
    }
  }

  /** The readers of one lane, not running yet; the first lane that calls splits the source. */
  synchronized List<SplitReader> readersOf(int lane) {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(context.metrics());
    try {
      List<UnboundedSource<Object, CheckpointMark>> all = splits;
      if (all == null) {
        source.validate();
        all = List.copyOf(source.split(context.unboundedSplits(), context.options()));
        splits = all;
      }
      List<SplitReader> readers = new ArrayList<>();
      for (int index = lane; index < all.size(); index += context.lanes()) {
        readers.add(new SplitReader(context, all.get(index), index, deduplicator, backlog));
      }
      return readers;
    } catch (Exception | LinkageError e) {
      throw TransformException.of(context.node().fullName(), e);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }
}
