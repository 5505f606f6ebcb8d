package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.BytesKeyTable;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.FrameCodec;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the groups of a collection, a group being what has one key and one window, and keeps the
 * output timestamp of each. Sessions of Beam's own are merged as they come ({@link SessionIndex}),
 * other windows that merge in the end ({@link GroupMerger}).
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

  // So many groups are mostly in the processor's cache, at some tens of bytes each.
  private static final int FITS_THE_CACHE = 1 << 13;

  private final EdgeCoders edge;
  private final WindowingStrategy<?, ?> windowing;
  private final SegmentCoder keySegment;
  private final WindowTable windows;
  private final OutputTime outputTime;
  private final FrameCodec frames;
  private final @Nullable SessionIndex sessions;

  // Of sessions only: their keys.
  private final BytesKeyTable sessionKeys = new BytesKeyTable();

  // By key and index of the window; by key and their own number if they are sessions.
  private final BytesKeyTable groups = new BytesKeyTable();
  private long[] times = new long[8];
  private long earliest = Timestamps.MAX;

  // One for each element and window of the page at hand.
  private int[] pageElements = new int[64];
  private int[] pageWindows = new int[64];
  private int[] pageGroups = new int[64];
  private long[] probes = new long[64];

  @SuppressWarnings({
    "unused",
    "UnusedVariable"
  }) // written so that the reads are not optimized away
  private int warmth;

  /**
   * Makes an empty table.
   *
   * @param edge where the elements come from
   * @param windowing their windowing strategy
   */
  public GroupTable(EdgeCoders edge, WindowingStrategy<?, ?> windowing) {
    this.edge = edge;
    this.windowing = windowing;
    this.keySegment = SegmentCoder.ofKeys(edge);
    this.windows = new WindowTable(edge);
    this.outputTime = new OutputTime(windowing.getTimestampCombiner());
    this.frames = new FrameCodec(edge);
    this.sessions = SessionWindows.areIn(windowing) ? new SessionIndex() : null;
  }

  /** An empty table for elements of the same kind. */
  GroupTable emptied() {
    return new GroupTable(edge, windowing);
  }

  /** Encodes windows as they come with the elements of this table. */
  FrameCodec frames() {
    return new FrameCodec(edge);
  }

  /** About how much memory it takes, in bytes, also while its windows are merged. */
  long memoryBytes() {
    long bytes = groups.memoryBytes() + (long) times.length * Long.BYTES;
    if (sessions != null) {
      return bytes + sessionKeys.memoryBytes() + sessions.memoryBytes();
    }
    bytes += windows.memoryBytes();
    return windowing.needsMerge() ? 2 * bytes : bytes;
  }

  /** How many groups there are. */
  public int size() {
    return groups.size();
  }

  /** A lower bound of all output timestamps, or {@link Timestamps#MAX} if there is no group. */
  public long earliestOutput() {
    return earliest;
  }

  /**
   * Finds the groups of all elements of a page: one for each element and window, by {@link
   * #element} and {@link #group}. A new group has the next number.
   *
   * @return how many there are
   */
  public int addAll(RecordBatch page) {
    if (sessions != null) {
      return addAll(page, sessions);
    }
    int count = 0;
    for (int element = 0; element < page.size(); element++) {
      int[] in = windows.windowsOf(page, element);
      if (count + in.length > pageElements.length) {
        growPage(count + in.length);
      }
      for (int window : in) {
        pageElements[count] = element;
        pageWindows[count++] = window;
      }
    }
    if (groups.size() > FITS_THE_CACHE) {
      warmUp(page, count);
    }
    for (int i = 0; i < count; i++) {
      pageGroups[i] = add(page, pageElements[i], pageWindows[i]);
    }
    return count;
  }

  private int addAll(RecordBatch page, SessionIndex index) {
    int count = 0;
    int lastFrame = -1;
    List<BoundedWindow> in = List.of();
    for (int element = 0; element < page.size(); element++) {
      int frame = page.frameIndex(element);
      if (frame != lastFrame) {
        lastFrame = frame;
        in = frames.decode(page.frame(frame)).windows();
      }
      if (count + in.size() > pageElements.length) {
        growPage(count + in.size());
      }
      for (BoundedWindow window : in) {
        pageElements[count] = element;
        pageGroups[count++] = add(page, element, (IntervalWindow) window, index);
      }
    }
    return count;
  }

  private int add(RecordBatch page, int element, IntervalWindow window, SessionIndex index) {
    long limit = window.end().getMillis();
    int key =
        sessionKeys.add(
            page.payload(),
            page.keyOffset(element),
            page.keyLength(element),
            page.keyHash(element),
            0);
    int before = index.size();
    int session = index.add(key, window.start().getMillis(), limit);
    long time = outputTime.assign(window, limit - 1, page.timestamp(element));
    if (session == before) {
      groups.add(
          page.payload(),
          page.keyOffset(element),
          page.keyLength(element),
          page.keyHash(element),
          session);
      start(session, time);
    } else if (!outputTime.dependsOnlyOnWindow()) {
      times[session] = outputTime.combine(times[session], time);
      earliest = Math.min(earliest, time);
    }
    return session;
  }

  /** Which element of the page the {@code i}-th of the last {@link #addAll} is. */
  public int element(int i) {
    return pageElements[i];
  }

  /** The group of the {@code i}-th of the last {@link #addAll}. */
  public int group(int i) {
    return pageGroups[i];
  }

  /** Has the memory fetched that the coming look-ups need, all at once. */
  private void warmUp(RecordBatch page, int count) {
    for (int i = 0; i < count; i++) {
      probes[i] = groups.probe(page.keyHash(pageElements[i]), pageWindows[i]);
    }
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += groups.touch(probes[i]);
    }
    warmth = sum;
  }

  private int add(RecordBatch page, int element, int window) {
    int before = groups.size();
    int group =
        groups.add(
            page.payload(),
            page.keyOffset(element),
            page.keyLength(element),
            page.keyHash(element),
            window);
    if (group == before) {
      start(
          group,
          outputTime.assign(windows.window(window), windows.end(window), page.timestamp(element)));
    } else if (!outputTime.dependsOnlyOnWindow()) {
      long time =
          outputTime.assign(windows.window(window), windows.end(window), page.timestamp(element));
      times[group] = outputTime.combine(times[group], time);
      earliest = Math.min(earliest, time);
    }
    return group;
  }

  private void start(int group, long time) {
    if (group == times.length) {
      times = Arrays.copyOf(times, 2 * group);
    }
    times[group] = time;
    earliest = Math.min(earliest, time);
  }

  /** Adds a group of another table, which is not here yet. */
  void add(GroupTable other, int group) {
    BytesKeyTable keys = other.groups;
    byte[] bytes = keys.bytes(group);
    int offset = keys.offset(group);
    int length = keys.length(group);
    int hash = keys.hash(group);
    int tag;
    if (sessions != null) {
      IntervalWindow window = (IntervalWindow) other.window(group);
      tag =
          sessions.addGroup(
              sessionKeys.add(bytes, offset, length, hash, 0),
              window.start().getMillis(),
              window.end().getMillis());
    } else {
      tag = windows.indexOf(other.window(group));
    }
    start(groups.add(bytes, offset, length, hash, tag), other.times[group]);
  }

  private void growPage(int wanted) {
    int capacity = Math.max(wanted, 2 * pageElements.length);
    pageElements = Arrays.copyOf(pageElements, capacity);
    pageWindows = Arrays.copyOf(pageWindows, capacity);
    pageGroups = Arrays.copyOf(pageGroups, capacity);
    probes = Arrays.copyOf(probes, capacity);
  }

  /** Results that are handed over some at a time. Owned by the lane. */
  interface Results {
    /**
     * Hands over about so many results, or what is left.
     *
     * @return whether there may be more
     */
    boolean next(int most, ResultVisitor visitor) throws Exception;
  }

  /**
   * Merges windows, where they merge: keys come in the order in which they were first seen for each
   * window. Nothing may be added any more.
   */
  Results results() {
    if (sessions != null) {
      return new OfSessions(sessions);
    }
    return windowing.needsMerge()
        ? new GroupMerger(edge.transform(), windowing, outputTime, this)
        : new OfWindows();
  }

  /** Where each group is a result. */
  private final class OfWindows implements Results {
    private final int[] one = new int[1];
    private int group;

    @Override
    public boolean next(int most, ResultVisitor visitor) throws Exception {
      int end = (int) Math.min(groups.size(), (long) group + most);
      while (group < end) {
        one[0] = group;
        visitor.accept(key(group), window(group), times[group], one);
        group++;
      }
      return group < groups.size();
    }
  }

  /** Where groups have been merged. */
  private final class OfSessions implements Results {
    private final SessionIndex index;
    private int from;

    OfSessions(SessionIndex index) {
      this.index = index;
    }

    @Override
    public boolean next(int most, ResultVisitor visitor) throws Exception {
      from = index.forSessions(from, most, (session, members) -> visit(session, members, visitor));
      return from < index.size();
    }

    private void visit(int session, int[] members, ResultVisitor visitor) throws Exception {
      IntervalWindow window = index.window(session);
      long time = times[session];
      if (outputTime.dependsOnlyOnWindow()) {
        time = window.maxTimestamp().getMillis();
      } else {
        for (int member : members) {
          time = outputTime.merge(window, time, times[member]);
        }
      }
      visitor.accept(key(session), window, time, members);
    }
  }

  /** The keys and windows of the groups, under their numbers. */
  public BytesKeyTable keys() {
    return groups;
  }

  /** The window of a group. */
  BoundedWindow window(int group) {
    return sessions != null ? sessions.window(group) : windows.window(groups.tag(group));
  }

  /** The output timestamp of a group, before merging. */
  public long time(int group) {
    return times[group];
  }

  /** The key of a group. */
  Key key(int group) {
    byte[] bytes = groups.copyOfBytes(group);
    return new Key(bytes, keySegment.decode(bytes, 0, bytes.length));
  }
}
