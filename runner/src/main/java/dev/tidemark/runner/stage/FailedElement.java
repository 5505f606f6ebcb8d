package dev.tidemark.runner.stage;

import java.util.List;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An element whose processing failed.
 *
 * <p>Immutable.
 *
 * @param identity how it is found again in another run
 * @param windows its windows, as text
 * @param timestamp its timestamp
 * @param pane its pane
 * @param encoded the element by its coder; not to be changed
 * @param text the element as text, cut to a bounded length
 * @param key its key as text, likewise; null if it has none
 * @param restriction the part of a splittable function's work that failed, likewise; else null
 */
public record FailedElement(
    Identity identity,
    List<String> windows,
    Instant timestamp,
    PaneInfo pane,
    byte[] encoded,
    String text,
    @Nullable String key,
    @Nullable String restriction) {

  public FailedElement {
    windows = List.copyOf(windows);
  }

  /**
   * What elements have in common that are equal to the transform.
   *
   * <p>Immutable.
   *
   * @param transform the full name of the transform that failed
   * @param digest of the encoded windows, timestamp, element and restriction
   */
  public record Identity(String transform, String digest) {}
}
