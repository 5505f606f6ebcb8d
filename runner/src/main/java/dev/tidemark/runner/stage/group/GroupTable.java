package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.BytesKeyTable;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Numbers the groups of a collection, a group being what has one key and one window, and keeps the
 * output timestamp of each.
 *
 * <p>What a group holds is kept by the caller in arrays under its number. Owned by the lane.
 */
public final class GroupTable {

  /** Takes what is to be emitted. */
  @FunctionalInterface
  public interface ResultVisitor {
    /**
     * Takes one result.
     *
     * @param key its key
     * @param window its window
     * @param timestampMillis its timestamp
     * @param groups the groups that it unites, several only where windows merge; valid during the
     *     call
     */
    void accept(Key key, BoundedWindow window, long timestampMillis, int[] groups) throws Exception;
  }

  private final WindowingStrategy<?, ?> windowing;
  private final String transform;
  private final SegmentCoder keySegment;
  private final WindowTable windows;
  private final OutputTime outputTime;
  private final BytesKeyTable groups = new BytesKeyTable();
  private long[] times = new long[8];
  private long earliest = Timestamps.MAX;

  /**
   * Makes an empty table.
   *
   * @param edge where the elements come from
   * @param windowing their windowing strategy
   */
  public GroupTable(EdgeCoders edge, WindowingStrategy<?, ?> windowing) {
    this.windowing = windowing;
    this.transform = edge.transform();
    this.keySegment = SegmentCoder.ofKeys(edge);
    this.windows = new WindowTable(edge);
    this.outputTime = new OutputTime(windowing.getTimestampCombiner());
  }

  /** How many groups there are. */
  public int size() {
    return groups.size();
  }

  /** A lower bound of all output timestamps, or {@link Timestamps#MAX} if there is no group. */
  public long earliestOutput() {
    return earliest;
  }

  /** The windows of an element, to be used with {@link #add}; not to be changed. */
  public int[] windowsOf(RecordBatch page, int element) {
    return windows.windowsOf(page, element);
  }

  /**
   * The group of an element in one of its windows; a new one has the number that {@link #size} was
   * before.
   */
  public int add(RecordBatch page, int element, int window) {
    int before = groups.size();
    int group =
        groups.add(
            page.payload(),
            page.keyOffset(element),
            page.keyLength(element),
            page.keyHash(element),
            window);
    long time =
        outputTime.assign(windows.window(window), windows.end(window), page.timestamp(element));
    if (group == before) {
      if (group == times.length) {
        times = Arrays.copyOf(times, 2 * group);
      }
      times[group] = time;
    } else {
      times[group] = outputTime.combine(times[group], time);
    }
    earliest = Math.min(earliest, time);
    return group;
  }

  /**
   * Merges windows, where they merge, and hands over all results: keys in the order in which they
   * were first seen for each window.
   */
  public void forEachResult(ResultVisitor visitor) throws Exception {
    if (windowing.needsMerge()) {
      new GroupMerger(transform, windowing, outputTime, this).forEachResult(visitor);
      return;
    }
    int[] one = new int[1];
    for (int group = 0; group < groups.size(); group++) {
      one[0] = group;
      visitor.accept(key(group), window(group), times[group], one);
    }
  }

  /** The keys and windows of the groups, under their numbers. */
  BytesKeyTable keys() {
    return groups;
  }

  /** The window of a group. */
  BoundedWindow window(int group) {
    return windows.window(groups.tag(group));
  }

  /** The output timestamp of a group, before merging. */
  long time(int group) {
    return times[group];
  }

  /** The key of a group. */
  Key key(int group) {
    byte[] bytes = groups.copyOfBytes(group);
    return new Key(bytes, keySegment.decode(bytes, 0, bytes.length));
  }
}
