package dev.tidemark.runner.stage;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a window function of an SDK whose windows merge: the SDK assigns them, and is asked
 * how they merge.
 *
 * <p>Owned by the lane.
 */
public final class OpaqueMergingWindowFn extends WindowFn<Object, BoundedWindow> {
  private final Coder<BoundedWindow> windowCoder;
  private final transient Supplier<WindowMerger> source;
  private final transient Map<Set<BoundedWindow>, List<WindowMerger.Merged>> expected =
      new HashMap<>();
  private transient @Nullable WindowMerger merger;

  /**
   * A function that stands for one of an SDK.
   *
   * @param windowCoder of its windows
   * @param source who merges them; asked when there is something to merge
   */
  OpaqueMergingWindowFn(Coder<BoundedWindow> windowCoder, Supplier<WindowMerger> source) {
    this.windowCoder = windowCoder;
    this.source = source;
  }

  private WindowMerger merger() {
    if (merger == null) {
      merger = source.get();
    }
    return merger;
  }

  /**
   * Asks for many sets of windows at once, so that {@link #mergeWindows} has the answer when it is
   * called for one of them. What was expected before is forgotten.
   */
  public void expect(Collection<Set<BoundedWindow>> sets) throws Exception {
    expected.clear();
    List<Set<BoundedWindow>> distinct = sets.stream().distinct().toList();
    List<List<WindowMerger.Merged>> answers = merger().merge(distinct);
    for (int i = 0; i < distinct.size(); i++) {
      expected.put(distinct.get(i), answers.get(i));
    }
  }

  @Override
  public void mergeWindows(MergeContext context) throws Exception {
    Set<BoundedWindow> windows = new HashSet<>(context.windows());
    if (windows.isEmpty()) {
      return;
    }
    List<WindowMerger.Merged> known = expected.get(windows);
    List<WindowMerger.Merged> answer =
        known == null ? merger().merge(List.of(windows)).get(0) : known;
    for (WindowMerger.Merged merged : answer) {
      context.merge(merged.consumed(), merged.result());
    }
  }

  @Override
  public Collection<BoundedWindow> assignWindows(AssignContext context) {
    throw new UnsupportedOperationException("only the SDK can assign these windows");
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof OpaqueMergingWindowFn that && windowCoder.equals(that.windowCoder);
  }

  @Override
  public Coder<BoundedWindow> windowCoder() {
    return windowCoder;
  }

  @Override
  public WindowMappingFn<BoundedWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException("windows that merge are none of a side input");
  }
}
