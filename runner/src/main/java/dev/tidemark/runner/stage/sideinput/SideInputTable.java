package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.SideInputPublisher;
import dev.tidemark.runner.stage.Timestamps;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What one materialized collection shows, by window. A pane replaces what its window showed; the
 * values of views are built once per version and shared by all lanes.
 *
 * <p>Thread-safe.
 */
public final class SideInputTable implements SideInputPublisher {
  /** What a window shows; the views of it by view function. */
  private record Version(List<?> elements, Map<String, Object> views) {
    Version(List<?> elements) {
      this(elements, new ConcurrentHashMap<>());
    }
  }

  /** Stands for a null view value, which the map of views cannot hold. */
  private static final Object NULL = new Object();

  private final WindowingStrategy<?, ?> windowing;
  private final Coder<?> coder;
  private final Map<BoundedWindow, Version> versions = new ConcurrentHashMap<>();
  private final Map<BoundedWindow, Version> empties = new ConcurrentHashMap<>();
  private volatile long watermark = Timestamps.MIN;
  private volatile long changes;

  /**
   * Makes an empty table.
   *
   * @param windowing the windowing strategy of the collection
   * @param coder the coder of its elements
   */
  public SideInputTable(WindowingStrategy<?, ?> windowing, Coder<?> coder) {
    this.windowing = windowing;
    this.coder = coder;
  }

  @Override
  public synchronized void publish(BoundedWindow window, List<?> elements) {
    versions.put(window, new Version(elements));
    empties.remove(window);
    changes++;
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

  /** Forgets windows that end before {@code millis}, which no reader asks for any more. */
  public void expire(long millis) {
    versions.keySet().removeIf(window -> window.maxTimestamp().getMillis() < millis);
    empties.keySet().removeIf(window -> window.maxTimestamp().getMillis() < millis);
  }

  /** Whether a pane for {@code window} was published, or would have been by now. */
  @SuppressWarnings("unchecked") // the window comes from this table's own window function
  public boolean isReady(BoundedWindow window) {
    if (versions.containsKey(window)) {
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
    Version version = versions.get(window);
    if (version == null) {
      version = empties.computeIfAbsent(window, w -> new Version(List.of()));
    }
    List<?> elements = version.elements();
    Object value =
        version
            .views()
            .computeIfAbsent(
                view.getTagInternal().getId(),
                tag -> Objects.requireNonNullElse(build(view, elements), NULL));
    return value == NULL ? null : (T) value;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the access pattern fixes the view function's input
  private @Nullable Object build(PCollectionView<?> view, List<?> elements) {
    ViewFn viewFn = view.getViewFn();
    String urn = viewFn.getMaterialization().getUrn();
    return switch (urn) {
      case Materializations.ITERABLE_MATERIALIZATION_URN ->
          viewFn.apply((Materializations.IterableView<Object>) () -> (Iterable<Object>) elements);
      case Materializations.MULTIMAP_MATERIALIZATION_URN ->
          viewFn.apply(new MultimapContents((List<KV<Object, Object>>) elements, keyCoder()));
      default -> throw new IllegalStateException("side input materialization " + urn);
    };
  }

  @SuppressWarnings("unchecked") // a multimap materialization is made of KVs
  private Coder<Object> keyCoder() {
    return (Coder<Object>) coder.getCoderArguments().get(0);
  }
}
