package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.SideInputPublisher;
import dev.tidemark.runner.stage.Timestamps;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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
  /** What a window shows, the views of it by tag, and what to release with them. */
  private record Version(
      SideInputContents contents, Map<String, Object> views, Queue<Runnable> releases) {
    Version(SideInputContents contents) {
      this(contents, new ConcurrentHashMap<>(), new ConcurrentLinkedQueue<>());
      releases.add(contents.release());
    }

    boolean wasRead() {
      return !views.isEmpty();
    }

    void release() {
      for (Runnable next = releases.poll(); next != null; next = releases.poll()) {
        next.run();
      }
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
  private volatile long replacements;

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
  public synchronized void publish(BoundedWindow window, SideInputContents contents) {
    Version before = versions.put(window, new Version(contents));
    Version empty = empties.remove(window);
    if (empty != null || (before != null && before.wasRead())) {
      replacements++;
    }
    if (before != null) {
      before.release();
    }
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

  /** A number that grows when a window that was read shows something else. */
  public long replacements() {
    return replacements;
  }

  /** Forgets windows that end before {@code millis}, which no reader asks for any more. */
  public void expire(long millis) {
    versions
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
      version = empties.computeIfAbsent(window, w -> new Version(SideInputContents.of(List.of())));
    }
    Version shown = version;
    Object value =
        version
            .views()
            .computeIfAbsent(
                view.getTagInternal().getId(),
                tag -> Objects.requireNonNullElse(build(view, shown), NULL));
    return value == NULL ? null : (T) value;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the access pattern fixes the view function's input
  private @Nullable Object build(PCollectionView<?> view, Version version) {
    List<?> elements = version.contents().elements();
    ViewFn viewFn = view.getViewFn();
    String urn = viewFn.getMaterialization().getUrn();
    return switch (urn) {
      case Materializations.ITERABLE_MATERIALIZATION_URN ->
          viewFn.apply((Materializations.IterableView<Object>) () -> (Iterable<Object>) elements);
      case Materializations.MULTIMAP_MATERIALIZATION_URN ->
          viewFn.apply(multimap((List<KV<Object, Object>>) elements, version));
      default -> throw new IllegalStateException("side input materialization " + urn);
    };
  }

  private Materializations.MultimapView<Object, Object> multimap(
      List<KV<Object, Object>> elements, Version version) {
    if ((Object) elements instanceof SpilledElements spilled) {
      SpilledMultimap multimap = new SpilledMultimap(spilled);
      version.releases().add(multimap::release);
      return multimap;
    }
    return new MultimapContents(elements, keyCoder());
  }

  @SuppressWarnings("unchecked") // a multimap materialization is made of KVs
  private Coder<Object> keyCoder() {
    return (Coder<Object>) coder.getCoderArguments().get(0);
  }
}
