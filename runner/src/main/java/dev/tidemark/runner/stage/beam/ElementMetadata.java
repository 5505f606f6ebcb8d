package dev.tidemark.runner.stage.beam;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an element carries besides value, timestamp, windows and pane; most carry nothing. Beam 2.70
 * keeps record id and offset only of elements in several windows.
 *
 * <p>Immutable.
 *
 * @param causedByDrain whether the element exists because the job is drained
 * @param recordId the id that its source gave it, or null
 * @param recordOffset the offset that its source gave it, or null
 */
public record ElementMetadata(
    boolean causedByDrain, @Nullable String recordId, @Nullable Long recordOffset) {
  /** That of nearly all elements. */
  public static final ElementMetadata NONE = new ElementMetadata(false, null, null);

  /** That of what a drain has caused. */
  public static final ElementMetadata DRAIN = new ElementMetadata(true, null, null);

  /** What {@code element} carries. */
  public static ElementMetadata of(WindowedValue<?> element) {
    boolean drain = BeamCompat.causedByDrain(element);
    String id = element.getRecordId();
    Long offset = element.getRecordOffset();
    if (id != null || offset != null) {
      return new ElementMetadata(drain, id, offset);
    }
    return drain ? DRAIN : NONE;
  }

  /** Whether {@code element} carries exactly this. */
  public boolean isOf(WindowedValue<?> element) {
    if (this == NONE) {
      return element.getRecordId() == null
          && element.getRecordOffset() == null
          && !BeamCompat.causedByDrain(element);
    }
    return equals(of(element));
  }

  /**
   * An element that carries this.
   *
   * @param windows at least one
   */
  public <T> WindowedValue<T> element(
      @Nullable T value,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    return this == NONE
        ? WindowedValues.of(value, timestamp, windows, pane)
        : BeamCompat.windowedValue(
            value, timestamp, windows, pane, recordId, recordOffset, causedByDrain);
  }

  /** An element in one window that carries this. */
  public <T> WindowedValue<T> element(
      @Nullable T value, Instant timestamp, BoundedWindow window, PaneInfo pane) {
    return this == NONE
        ? WindowedValues.of(value, timestamp, window, pane)
        : element(value, timestamp, List.of(window), pane);
  }

  /** The same element in other windows, of which there is at least one. */
  public static <T> WindowedValue<T> withWindows(
      WindowedValue<T> element, Collection<? extends BoundedWindow> windows) {
    return of(element)
        .element(element.getValue(), element.getTimestamp(), windows, element.getPaneInfo());
  }

  /** The same element, marked as caused by a drain. */
  public static <T> WindowedValue<T> markDrained(WindowedValue<T> element) {
    return new ElementMetadata(true, element.getRecordId(), element.getRecordOffset())
        .element(
            element.getValue(),
            element.getTimestamp(),
            element.getWindows(),
            element.getPaneInfo());
  }

  /** The element once for each of its windows; Beam's method of that name forgets the metadata. */
  public static <T> List<WindowedValue<T>> explodeWindows(WindowedValue<T> element) {
    if (element.getWindows().size() == 1) {
      return List.of(element);
    }
    ElementMetadata metadata = of(element);
    List<WindowedValue<T>> exploded = new ArrayList<>(element.getWindows().size());
    for (BoundedWindow window : element.getWindows()) {
      exploded.add(
          metadata.element(
              element.getValue(), element.getTimestamp(), window, element.getPaneInfo()));
    }
    return exploded;
  }
}
