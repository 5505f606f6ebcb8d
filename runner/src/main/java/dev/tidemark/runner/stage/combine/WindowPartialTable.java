package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.group.OutputTime;
import dev.tidemark.runner.stage.group.WindowTable;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Accumulators by key and window, where windows are what they are, or are merged by others.
 *
 * <p>Owned by the lane.
 */
final class WindowPartialTable implements PartialTable {
  private final Combiner combiner;
  private final OutputTime outputTime;
  private final AccumulatorSizes sizes;
  private final KeyIndex index;
  private final WindowTable windows;

  private @Nullable Object[] keys = new @Nullable Object[16];
  private @Nullable Object[] accumulators = new @Nullable Object[16];
  private long[] times = new long[16];
  private int[] windowOf = new int[16];

  private @Nullable BoundedWindow lastWindow;
  private int lastWindowIndex;
  private long elements;
  private double estimatedBytes;
  private long earliest = Timestamps.MAX;

  WindowPartialTable(
      Combiner combiner, EdgeCoders edge, OutputTime outputTime, AccumulatorSizes sizes) {
    this.combiner = combiner;
    this.outputTime = outputTime;
    this.sizes = sizes;
    this.index = KeyIndex.of(edge);
    this.windows = new WindowTable(edge);
  }

  @Override
  public long earliestOutput() {
    return earliest;
  }

  @Override
  public boolean add(
      @Nullable Object key, @Nullable Object input, long timestampMillis, BoundedWindow window) {
    int windowIndex = windowIndex(window);
    int before = index.size();
    int entry = index.add(key, windowIndex);
    if (entry == before || !outputTime.dependsOnlyOnWindow()) {
      long time = outputTime.assign(window, windows.end(windowIndex), timestampMillis);
      if (entry == before) {
        startEntry(entry, key, windowIndex);
        times[entry] = time;
      } else {
        times[entry] = outputTime.combine(times[entry], time);
      }
      earliest = Math.min(earliest, time);
    }
    Object accumulator = accumulators[entry];
    Object added = combiner.add(accumulator, input);
    // Most change in place; a reference that is written the garbage collector has to look at.
    if (added != accumulator) {
      accumulators[entry] = added;
    }
    elements++;
    if (sizes.due()) {
      estimatedBytes = sizes.estimate(accumulators, index.size(), entry);
    }
    return true;
  }

  @Override
  public boolean exceeds(PartialCombineLimits limits) {
    return index.size() >= limits.accumulators() || estimatedBytes > limits.bytes();
  }

  @Override
  public boolean repeats(PartialCombineLimits limits) {
    return elements >= limits.elementsPerAccumulator() * index.size();
  }

  @Override
  public void drainTo(PartialOutput output) {
    int size = index.size();
    for (int entry = 0; entry < size; entry++) {
      Object key = keys[entry];
      Object accumulator = accumulators[entry];
      keys[entry] = null;
      accumulators[entry] = null;
      output.emit(key, accumulator, times[entry], windows.window(windowOf[entry]));
    }
    if (size > 0) {
      index.clear();
      windows.clear();
      lastWindow = null;
      sizes.reset();
      elements = 0;
      estimatedBytes = 0;
      earliest = Timestamps.MAX;
    }
  }

  private int windowIndex(BoundedWindow window) {
    if (window != lastWindow && !window.equals(lastWindow)) {
      lastWindowIndex = windows.indexOf(window);
      lastWindow = window;
    }
    return lastWindowIndex;
  }

  private void startEntry(int entry, @Nullable Object key, int windowIndex) {
    if (entry == keys.length) {
      int capacity = 2 * entry;
      keys = Arrays.copyOf(keys, capacity);
      accumulators = Arrays.copyOf(accumulators, capacity);
      times = Arrays.copyOf(times, capacity);
      windowOf = Arrays.copyOf(windowOf, capacity);
    }
    keys[entry] = key;
    windowOf[entry] = windowIndex;
    accumulators[entry] = combiner.create();
  }
}
