package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.Frame;
import dev.tidemark.runner.stage.codec.FrameCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the distinct windows of a collection, in the order in which they were first seen.
 *
 * <p>Two windows are one if the window coder says so. Owned by the lane.
 */
public final class WindowTable {
  // What a window takes in memory with its place in the map, about.
  private static final int WINDOW_BYTES = 160;

  private final FrameCodec frames;
  private final Coder<BoundedWindow> windowCoder;
  private final Map<Object, Integer> indexes = new HashMap<>();
  private final List<BoundedWindow> windows = new ArrayList<>();
  private long[] ends = new long[4];

  private @Nullable RecordBatch page;
  private int[] @Nullable [] pageFrames = {};

  /** Makes an empty table for the windows of {@code edge}. */
  @SuppressWarnings("unchecked") // the windowing strategy says that the windows are of this type
  public WindowTable(EdgeCoders edge) {
    this.frames = new FrameCodec(edge);
    this.windowCoder = (Coder<BoundedWindow>) edge.windowCoder();
  }

  /** About how much memory it takes, in bytes. */
  public long memoryBytes() {
    return (long) windows.size() * WINDOW_BYTES;
  }

  /** The indexes of the windows of an element of a page; not to be changed. */
  public int[] windowsOf(RecordBatch page, int element) {
    if (page != this.page) {
      this.page = page;
      this.pageFrames = new int[page.frameCount()] @Nullable [];
    }
    int frameIndex = page.frameIndex(element);
    int[] known = pageFrames[frameIndex];
    if (known == null) {
      known = indexesOf(frames.decode(page.frame(frameIndex)));
      pageFrames[frameIndex] = known;
    }
    return known;
  }

  /** The index of {@code window}, which is added if it is not there. */
  public int indexOf(BoundedWindow window) {
    Integer known = indexes.putIfAbsent(windowCoder.structuralValue(window), windows.size());
    if (known != null) {
      return known;
    }
    int index = windows.size();
    if (index == ends.length) {
      ends = Arrays.copyOf(ends, 2 * index);
    }
    ends[index] = window.maxTimestamp().getMillis();
    windows.add(window);
    return index;
  }

  /** The window of this index. */
  public BoundedWindow window(int index) {
    return windows.get(index);
  }

  /** The maximum timestamp of the window of this index, in milliseconds. */
  public long end(int index) {
    return ends[index];
  }

  /** Removes all windows. */
  public void clear() {
    indexes.clear();
    windows.clear();
    page = null;
  }

  private int[] indexesOf(Frame frame) {
    int[] result = new int[frame.windows().size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = indexOf(frame.windows().get(i));
    }
    return result;
  }
}
