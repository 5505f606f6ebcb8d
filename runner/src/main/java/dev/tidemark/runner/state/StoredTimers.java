package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.translation.graph.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Makes the timers that are read for one node those that were set: with their keys, and with
 * neighbours having in common what is equal.
 *
 * <p>Owned by the lane.
 */
final class StoredTimers {
  private final NodeId node;
  private final KeyDecoder decoder;
  private @Nullable TimerRecord last;

  StoredTimers(NodeId node, KeyDecoder decoder) {
    this.node = node;
    this.decoder = decoder;
  }

  /**
   * Decodes the key of a timer.
   *
   * @throws StateException if that fails
   */
  TimerRecord complete(TimerRecord raw) {
    TimerRecord before = last;
    byte[] encoded = raw.key().encoded();
    TimerRecord timer =
        before == null
            ? new TimerRecord(
                new Key(encoded, decode(encoded)),
                raw.namespace(),
                raw.family(),
                raw.id(),
                raw.domain(),
                raw.timestampMillis(),
                raw.outputTimestampMillis())
            : new TimerRecord(
                before.key().equals(raw.key()) ? before.key() : new Key(encoded, decode(encoded)),
                same(raw.namespace(), before.namespace()),
                same(raw.family(), before.family()),
                same(raw.id(), before.id()),
                raw.domain(),
                raw.timestampMillis(),
                raw.outputTimestampMillis());
    last = timer;
    return timer;
  }

  private static String same(String read, String before) {
    return read.equals(before) ? before : read;
  }

  private @Nullable Object decode(byte[] encodedKey) {
    try {
      return decoder.decode(encodedKey);
    } catch (Exception e) {
      throw new StateException(
          "the key of a stored timer of "
              + node
              + " cannot be decoded, did its coder change? "
              + e.getMessage(),
          e);
    }
  }
}
