package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.SideInputPublisher;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.group.BatchGroupProcessor;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What one materialized collection shows, by window. A pane replaces what its window showed, or is
 * added to it, see {@link ShownPanes}; the values of views are built once per change and shared by
 * all lanes.
 *
 * <p>Thread-safe.
 */
public final class SideInputTable implements SideInputPublisher {
  private final WindowingStrategy<?, ?> windowing;
  private final Coder<?> coder;
  private final ShownPanes panes;
  private final Map<BoundedWindow, ShownWindow> windows = new ConcurrentHashMap<>();
  private final Map<BoundedWindow, ShownWindow> empties = new ConcurrentHashMap<>();
  private volatile long watermark = Timestamps.MIN;
  private volatile long changes;
  private volatile long replacements;
  private volatile long expiredBefore = Timestamps.MIN;

  /**
   * Makes an empty table.
   *
   * @param windowing the windowing strategy of the collection
   * @param coder the coder of its elements
   * @param panes which panes are shown
   */
  public SideInputTable(WindowingStrategy<?, ?> windowing, Coder<?> coder, ShownPanes panes) {
    this.windowing = windowing;
    this.coder = coder;
    this.panes = panes;
  }

  /**
   * Makes the table of what a node publishes.
   *
   * @param materialize the node
   * @param components of its graph
   */
  public static SideInputTable of(Node materialize, Components components) {
    CollectionId groups = materialize.inputs().get(0);
    // Groups are of type KV<byte[], Iterable<T>>.
    Coder<?> elements =
        ((KvCoder<?, ?>) (Coder<?>) components.coder(groups))
            .getValueCoder()
            .getCoderArguments()
            .get(0);
    return new SideInputTable(
        components.windowing(groups), elements, ShownPanes.of(materialize, components));
  }

  @Override
  public synchronized void publish(BoundedWindow window, SideInputContents contents) {
    ShownWindow before = windows.get(window);
    boolean wasRead = before != null && before.wasRead();
    if (before != null && panes == ShownPanes.ALL) {
      windows.put(window, before.followedBy(contents));
    } else {
      windows.put(window, new ShownWindow(contents));
      if (before != null) {
        before.release();
      }
    }
    if (empties.remove(window) != null || wasRead) {
      replacements++;
    }
    changes++;
  }

  /**
   * Whether a window shows one thing only, when all input is bounded, and nothing before. With
   * other triggers readers see what there is when their elements come.
   */
  public boolean showsOnlyOnePane() {
    return BatchGroupProcessor.supports(windowing);
  }

  @Override
  public boolean addsPanes() {
    return panes == ShownPanes.ALL;
  }

  @Override
  public long expiredBefore() {
    return expiredBefore;
  }

  /** Tells that no pane for anything before {@code watermarkMillis} is to come as on-time. */
  public synchronized void advanceWatermark(long watermarkMillis) {
    if (watermarkMillis > watermark) {
      watermark = watermarkMillis;
      changes++;
    }
  }

  /** A number that grows with every change. */
  public long changes() {
    return changes;
  }

  /** A number that grows when a window that was read shows something else. */
  public long replacements() {
    return replacements;
  }

  /** Forgets windows that end before {@code millis}, which no reader asks for any more. */
  public void expire(long millis) {
    expiredBefore = millis;
    windows
        .entrySet()
        .removeIf(
            entry -> {
              boolean over = entry.getKey().maxTimestamp().getMillis() < millis;
              if (over) {
                entry.getValue().release();
              }
              return over;
            });
    empties.keySet().removeIf(window -> window.maxTimestamp().getMillis() < millis);
  }

  /**
   * Whether a pane for {@code window} was published, or would have been by now; where all panes are
   * shown, whether the last one would have been.
   */
  @SuppressWarnings("unchecked") // the window comes from this table's own window function
  public boolean isReady(BoundedWindow window) {
    if (panes == ShownPanes.LATEST && windows.containsKey(window)) {
      return true;
    }
    long guaranteed =
        ((WindowingStrategy<?, BoundedWindow>) windowing)
            .getTrigger()
            .getWatermarkThatGuaranteesFiring(window)
            .getMillis();
    // At the end of time nothing more can come, whatever the trigger.
    return watermark == Timestamps.MAX || watermark > guaranteed;
  }

  /**
   * The value that {@code view} has in {@code window}; empty or default if nothing was published.
   */
  @SuppressWarnings("unchecked") // the view says of which type its value is
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow window) {
    ShownWindow shown = windows.get(window);
    if (shown == null) {
      shown =
          empties.computeIfAbsent(window, w -> new ShownWindow(SideInputContents.of(List.of())));
    }
    ShownWindow found = shown;
    return (T) shown.view(view.getTagInternal().getId(), () -> build(view, found));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the access pattern fixes the view function's input
  private @Nullable Object build(PCollectionView<?> view, ShownWindow shown) {
    List<?> elements = shown.contents().elements();
    ViewFn viewFn = view.getViewFn();
    String urn = viewFn.getMaterialization().getUrn();
    return switch (urn) {
      case Materializations.ITERABLE_MATERIALIZATION_URN ->
          viewFn.apply((Materializations.IterableView<Object>) () -> (Iterable<Object>) elements);
      case Materializations.MULTIMAP_MATERIALIZATION_URN ->
          viewFn.apply(multimap((List<KV<Object, Object>>) elements, shown));
      default -> throw new IllegalStateException("side input materialization " + urn);
    };
  }

  private Materializations.MultimapView<Object, Object> multimap(
      List<KV<Object, Object>> elements, ShownWindow shown) {
    if ((Object) elements instanceof SpilledElements spilled) {
      SpilledMultimap multimap = new SpilledMultimap(spilled);
      shown.releaseWithViews(multimap::release);
      return multimap;
    }
    return new MultimapContents(elements, keyCoder());
  }

  @SuppressWarnings("unchecked") // a multimap materialization is made of KVs
  private Coder<Object> keyCoder() {
    return (Coder<Object>) coder.getCoderArguments().get(0);
  }
}
