package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.BytesKeyTable;
import dev.tidemark.runner.exchange.MemoryShare;
import dev.tidemark.runner.exchange.PageBuilder;
import dev.tidemark.runner.exchange.Partitions;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.codec.FrameCodec;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntCollection;
import it.unimi.dsi.fastutil.ints.IntIterator;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a collection: a table in memory as long as there is room for it, beyond that on
 * disk.
 *
 * <p>When memory is short there are two ways. A few large groups have their values written to disk,
 * and stay in the table (hot keys). Many small ones are dealt into {@link Partitions} by the hashes
 * of their keys, all windows of a key into the same one; what comes later goes there too, but for
 * the keys of large groups. In the end each partition is read into a table of its own, for which
 * the same holds: one that does not fit is dealt out again.
 *
 * <p>Owned by the lane.
 */
final class SpillingGroups {
  /** Takes what is to be emitted. */
  @FunctionalInterface
  interface ResultVisitor {
    /** Takes the result of a group, with its key, window and timestamp. */
    void accept(Key key, BoundedWindow window, long timestampMillis, @Nullable Object result)
        throws Exception;
  }

  // So often keys are dealt out that have different hashes; then they do.
  private static final int MOST_LEVELS = 5;

  private final SpillSpace space;
  private final HotKeys hotKeys;
  private final int level;
  private final MemoryShare share;
  private final FrameCodec frames;
  private GroupTable table;
  private BatchGroupingProcessor.Groups groups;
  private long earliest = Timestamps.MAX;

  private @Nullable Results results;
  private @Nullable Partitions partitions;
  // The hashes of keys that stay in the table, and the elements of a page that have one.
  private final IntOpenHashSet residents = new IntOpenHashSet();
  private final PageBuilder ofResidents = new PageBuilder(this::takeIntoTable);

  /**
   * Makes one without groups.
   *
   * @param table numbers the groups; empty
   * @param groups holds their values; stays in memory if it is not a {@link SpillableGroups}
   * @param hotKeys is told of the keys of large groups
   */
  SpillingGroups(
      SpillSpace space, GroupTable table, BatchGroupingProcessor.Groups groups, HotKeys hotKeys) {
    this(space, table, groups, hotKeys, 0);
  }

  private SpillingGroups(
      SpillSpace space,
      GroupTable table,
      BatchGroupingProcessor.Groups groups,
      HotKeys hotKeys,
      int level) {
    this.space = space;
    this.hotKeys = hotKeys;
    this.level = level;
    this.share = space.budget().share();
    this.frames = table.frames();
    this.table = table;
    this.groups = groups;
  }

  /** A lower bound of all output timestamps, or {@link Timestamps#MAX} if there is no group. */
  long earliestOutput() {
    return Math.min(earliest, table.earliestOutput());
  }

  /** Takes the elements of a page. */
  void take(RecordBatch page) {
    Partitions open = partitions;
    if (open == null || !routes()) {
      takeIntoTable(page);
      return;
    }
    for (int i = 0; i < page.size(); i++) {
      if (residents.contains(page.keyHash(i))) {
        page.copyTo(ofResidents, i);
      } else {
        open.add(page, i);
      }
    }
    ofResidents.cut();
  }

  private void takeIntoTable(RecordBatch page) {
    groups.take(table, table.addAll(page), page);
    if (groups instanceof SpillableGroups spillable && !fits(spillable)) {
      relieve(spillable);
    }
  }

  private boolean routes() {
    return groups instanceof SpillableGroups spillable && spillable.writesInputs();
  }

  private boolean fits(SpillableGroups spillable) {
    long onTheWay = partitions == null ? 0 : partitions.memoryBytes();
    return share.resize(table.memoryBytes() + spillable.memoryBytes() + onTheWay);
  }

  private void relieve(SpillableGroups spillable) {
    boolean atTheEnd = level == MOST_LEVELS;
    boolean onlyResidents = partitions != null && routes();
    IntCollection large = spillable.spillLargest(atTheEnd || onlyResidents);
    for (IntIterator each = large.iterator(); each.hasNext(); ) {
      hotKeys.note(table.key(each.nextInt()));
    }
    // A single group is not made smaller by dealing it out.
    if (fits(spillable) || atTheEnd || onlyResidents || table.size() == 1) {
      return;
    }
    dealOut(spillable, large);
    fits((SpillableGroups) groups);
  }

  /** Writes all groups to partitions but those with the keys of the large ones. */
  private void dealOut(SpillableGroups spillable, IntCollection large) {
    Partitions to = partitions;
    if (to == null) {
      to = new Partitions(space, level);
      partitions = to;
    }
    BytesKeyTable keys = table.keys();
    for (IntIterator each = large.iterator(); each.hasNext(); ) {
      residents.add(keys.hash(each.nextInt()));
    }
    // What comes later is not looked at any more.
    earliest = Timestamps.MIN;
    GroupTable rest = table.emptied();
    IntArrayList kept = new IntArrayList();
    for (int group = 0; group < table.size(); group++) {
      if (residents.contains(keys.hash(group))) {
        rest.add(table, group);
        kept.add(group);
      } else {
        spillable.write(table, group, frame(table.window(group)), to);
      }
    }
    table = rest;
    groups = spillable.keep(kept.toIntArray());
  }

  private byte[] frame(BoundedWindow window) {
    return frames.encode(
        ElementMetadata.NONE.element(
            "", BoundedWindow.TIMESTAMP_MIN_VALUE, window, PaneInfo.NO_FIRING));
  }

  /**
   * Merges windows, where they merge, and hands over results. To be asked for once, when everything
   * was taken. In memory keys come in the order in which they were first seen for each window.
   */
  Results results() {
    if (partitions != null && !routes() && groups instanceof SpillableGroups spillable) {
      dealOut(spillable, IntArrayList.of());
    }
    Results all = new Results();
    results = all;
    return all;
  }

  /** Hands over results, those in memory first, then partition by partition. Owned by the lane. */
  final class Results {
    private GroupTable.@Nullable Results inMemory = table.results();
    private int partition;
    private @Nullable SpillingGroups read;
    private @Nullable Results ofPartition;

    /**
     * Hands over about so many results, or fewer: those of one table at most, so that they are let
     * go of before the next one is made.
     *
     * @return whether there may be more
     */
    boolean next(int most, ResultVisitor visitor) throws Exception {
      GroupTable.Results ofTable = inMemory;
      if (ofTable == null) {
        return nextOfPartitions(most, visitor);
      }
      BatchGroupingProcessor.Groups complete = groups;
      boolean more =
          ofTable.next(
              most,
              (key, window, timestampMillis, ofKey) ->
                  visitor.accept(key, window, timestampMillis, complete.result(ofKey)));
      if (more) {
        return true;
      }
      inMemory = null;
      closeGroups();
      return partitions != null;
    }

    private boolean nextOfPartitions(int most, ResultVisitor visitor) throws Exception {
      Results current = ofPartition;
      if (current == null) {
        current = nextPartition();
        ofPartition = current;
      }
      if (current == null) {
        return false;
      }
      if (!current.next(most, visitor)) {
        closePartition();
      }
      return true;
    }

    /** Reads the next partition; null if there is none. */
    private @Nullable Results nextPartition() {
      Partitions dealt = partitions;
      if (dealt == null || !(groups instanceof SpillableGroups spillable)) {
        return null;
      }
      if (partition == 0) {
        table = table.emptied();
        groups = spillable.reader();
        dealt.finish();
        share.resize(0);
      }
      while (partition < Partitions.COUNT && dealt.pageCount(partition) == 0) {
        partition++;
      }
      if (partition == Partitions.COUNT) {
        return null;
      }
      SpillingGroups next =
          new SpillingGroups(space, table.emptied(), spillable.reader(), hotKeys, level + 1);
      read = next;
      for (int page = 0; page < dealt.pageCount(partition); page++) {
        next.take(dealt.page(partition, page));
      }
      partition++;
      return next.results();
    }

    private void closePartition() {
      if (read != null) {
        read.close();
        read = null;
      }
      ofPartition = null;
    }
  }

  private void closeGroups() {
    if (groups instanceof SpillableGroups spillable) {
      spillable.close();
    }
  }

  /** Lets go of everything. */
  void close() {
    if (results != null) {
      results.closePartition();
    }
    closeGroups();
    share.resize(0);
    if (partitions != null) {
      partitions.release();
      partitions = null;
    }
  }
}
