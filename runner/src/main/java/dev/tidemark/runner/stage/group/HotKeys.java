package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Key;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log, once for each transform and lane, that a key has so many values that they do not
 * fit into memory: one lane has to work on all of them.
 *
 * <p>Owned by the lane.
 */
final class HotKeys {
  private static final Logger LOG = LoggerFactory.getLogger(HotKeys.class);
  private static final int LONGEST_TEXT = 100;

  private final String transform;
  private boolean noted;

  /** Makes one for a transform of this full name. */
  HotKeys(String transform) {
    this.transform = transform;
  }

  void note(Key key) {
    if (noted) {
      return;
    }
    noted = true;
    LOG.warn(
        "{}: the key {} has so many values that they are kept on disk; all values of one key are "
            + "worked on by one lane, however many there are",
        transform,
        text(key.decoded()));
  }

  private static String text(@Nullable Object key) {
    String text = String.valueOf(key);
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
  }
}
