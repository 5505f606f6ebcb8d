package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Operation.UnboundedRead}, split once into readers that are dealt to the lanes: when the
 * job starts for the first time. The number of splits does not depend on that of the lanes, since
 * checkpoint marks belong to splits and a job may go on from them with other lanes; which lane
 * reads a split follows from the key under which its mark is kept.
 *
 * <p>Thread-safe. Shared by the lanes of one node.
 */
final class UnboundedReadSource {
  private final SourceContext context;
  private final UnboundedSource<Object, CheckpointMark> source;
  private final @Nullable RecentIds recentIds;
  private final BacklogGauges backlog = new BacklogGauges();
  private final Map<Integer, Split> restored = new TreeMap<>();
  private @Nullable List<Split> splits;

  private UnboundedReadSource(
      SourceContext context, UnboundedSource<Object, CheckpointMark> source) {
    this.context = context;
    this.source = source;
    this.recentIds = source.requiresDeduping() ? new RecentIds(context.clock()) : null;
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

  /** See {@link Sources#hasMarksWithoutCoder}. */
  static boolean hasMarksWithoutCoder(Operation.UnboundedRead read) {
    try {
      return ReadTranslation.unboundedSourceFromProto(read.payload()).getCheckpointMarkCoder()
          == null;
    } catch (RuntimeException e) {
      // It cannot be read at all, which is said where it is read.
      return false;
    }
  }

  /** The ids of records that were emitted; null if the source repeats none. */
  @Nullable RecentIds recentIds() {
    return recentIds;
  }

  /** Tells of a split that a lane has found in its state. */
  synchronized void restored(Split split) {
    restored.put(split.index(), split);
  }

  /**
   * The readers of one lane, not running yet; the first lane that calls splits the source, unless
   * an earlier run did.
   */
  synchronized List<SplitReader> readersOf(int lane) {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(context.metrics());
    try {
      List<Split> all = splits;
      if (all == null) {
        all = restored.isEmpty() ? split() : allRestored();
        splits = all;
      }
      Deduplicator deduplicator = recentIds == null ? Deduplicator.NONE : recentIds;
      List<SplitReader> readers = new ArrayList<>();
      for (Split split : all) {
        Key key = LaneKeys.ofPart(context.keyGroups(), split.index(), split.count());
        if (context.keyGroups().laneOf(key.keyHash()) == lane) {
          readers.add(new SplitReader(context, split, deduplicator, backlog));
        }
      }
      return readers;
    } catch (Exception | LinkageError e) {
      throw TransformException.of(context.node().fullName(), e);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }

  private List<Split> split() throws Exception {
    source.validate();
    List<? extends UnboundedSource<Object, CheckpointMark>> parts =
        source.split(context.unboundedSplits(), context.options());
    List<Split> fresh = new ArrayList<>();
    for (int index = 0; index < parts.size(); index++) {
      fresh.add(Split.fresh(index, parts.size(), parts.get(index)));
    }
    return fresh;
  }

  private List<Split> allRestored() {
    for (Split split : restored.values()) {
      if (split.count() != restored.size()) {
        throw new IllegalStateException(
            "the state has "
                + restored.size()
                + " of the "
                + split.count()
                + " splits of the source: it is damaged");
      }
    }
    return List.copyOf(restored.values());
  }
}
