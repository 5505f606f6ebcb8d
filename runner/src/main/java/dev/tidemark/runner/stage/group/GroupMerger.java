package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.BytesKeyTable;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.OpaqueMergingWindowFn;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Merges the windows of each key, once all of them are known.
 *
 * <p>Owned by the lane.
 */
final class GroupMerger implements GroupTable.Results {
  /** An SDK that merges the windows is asked for so many keys together. */
  private static final int KEYS_AT_ONCE = 1_000;

  private final String transform;
  private final WindowFn<Object, BoundedWindow> windowFn;
  private final OutputTime outputTime;
  private final GroupTable table;

  // The first group of each key; for each group the next one of its key, or -1.
  private final int[] heads;
  private final int[] next;
  private int from;

  /**
   * Makes one for all groups of {@code table}.
   *
   * @param transform the full name of the transform, for messages
   */
  @SuppressWarnings("unchecked") // a window function takes the windows that it has made
  GroupMerger(
      String transform,
      WindowingStrategy<?, ?> windowing,
      OutputTime outputTime,
      GroupTable table) {
    this.transform = transform;
    this.windowFn = (WindowFn<Object, BoundedWindow>) windowing.getWindowFn();
    this.outputTime = outputTime;
    this.table = table;
    this.next = new int[table.size()];
    this.heads = chainByKey();
  }

  @Override
  public boolean next(int most, GroupTable.ResultVisitor visitor) throws Exception {
    int end = (int) Math.min(heads.length, (long) from + most);
    while (from < end) {
      int to = Math.min(end, from + KEYS_AT_ONCE);
      List<Map<BoundedWindow, IntArrayList>> windows = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        windows.add(byWindow(heads[i]));
      }
      if (windowFn instanceof OpaqueMergingWindowFn sdks) {
        sdks.expect(windows.stream().map(Map::keySet).toList());
      }
      for (int i = from; i < to; i++) {
        visit(table.key(heads[i]), windows.get(i - from), visitor);
      }
      from = to;
    }
    return from < heads.length;
  }

  private Map<BoundedWindow, IntArrayList> byWindow(int head) {
    Map<BoundedWindow, IntArrayList> byWindow = new LinkedHashMap<>();
    for (int group = head; group >= 0; group = next[group]) {
      byWindow.computeIfAbsent(table.window(group), w -> new IntArrayList()).add(group);
    }
    return byWindow;
  }

  private void visit(
      Key key, Map<BoundedWindow, IntArrayList> byWindow, GroupTable.ResultVisitor visitor)
      throws Exception {
    for (Map.Entry<BoundedWindow, IntArrayList> merged : merge(byWindow).entrySet()) {
      int[] groups = merged.getValue().toIntArray();
      visitor.accept(key, merged.getKey(), timeOf(merged.getKey(), groups), groups);
    }
  }

  /** Chains the groups of each key; returns the first of each chain. */
  private int[] chainByKey() {
    BytesKeyTable keys = new BytesKeyTable();
    IntArrayList heads = new IntArrayList();
    IntArrayList tails = new IntArrayList();
    BytesKeyTable groups = table.keys();
    for (int group = 0; group < next.length; group++) {
      int key =
          keys.add(
              groups.bytes(group),
              groups.offset(group),
              groups.length(group),
              groups.hash(group),
              0);
      next[group] = -1;
      if (key == heads.size()) {
        heads.add(group);
        tails.add(group);
      } else {
        next[tails.getInt(key)] = group;
        tails.set(key, group);
      }
    }
    return heads.toIntArray();
  }

  private Map<BoundedWindow, IntArrayList> merge(Map<BoundedWindow, IntArrayList> byWindow)
      throws Exception {
    Map<BoundedWindow, BoundedWindow> results = new HashMap<>();
    windowFn.mergeWindows(new Context(windowFn, byWindow.keySet(), results));
    if (results.isEmpty()) {
      return byWindow;
    }
    Map<BoundedWindow, IntArrayList> merged = new LinkedHashMap<>();
    byWindow.forEach(
        (window, groups) ->
            merged
                .computeIfAbsent(results.getOrDefault(window, window), w -> new IntArrayList())
                .addAll(groups));
    return merged;
  }

  private long timeOf(BoundedWindow window, int[] groups) {
    long time = table.time(groups[0]);
    if (groups.length == 1 && window.equals(table.window(groups[0]))) {
      return time;
    }
    for (int group : groups) {
      time = outputTime.merge(window, time, table.time(group));
    }
    return time;
  }

  /** What the user's window function sees and calls. */
  private final class Context extends WindowFn<Object, BoundedWindow>.MergeContext {
    private final Collection<BoundedWindow> windows;
    private final Map<BoundedWindow, BoundedWindow> results;

    Context(
        WindowFn<Object, BoundedWindow> windowFn,
        Collection<BoundedWindow> windows,
        Map<BoundedWindow, BoundedWindow> results) {
      windowFn.super();
      this.windows = Collections.unmodifiableCollection(windows);
      this.results = results;
    }

    @Override
    public Collection<BoundedWindow> windows() {
      return windows;
    }

    @Override
    public void merge(Collection<BoundedWindow> toBeMerged, BoundedWindow mergeResult) {
      for (BoundedWindow window : toBeMerged) {
        if (!windows.contains(window)) {
          throw new IllegalStateException(complaint(window, "which is not there to be merged"));
        }
        if (results.put(window, mergeResult) != null) {
          throw new IllegalStateException(complaint(window, "in two sets of one call"));
        }
      }
    }

    private String complaint(BoundedWindow window, String what) {
      return transform + ": " + windowFn + " merges the window " + window + ", " + what;
    }
  }
}
