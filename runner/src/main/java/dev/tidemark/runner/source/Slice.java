package dev.tidemark.runner.source;

import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a reader read between two checkpoint marks; it is emitted within one epoch.
 *
 * <p>Immutable.
 *
 * @param values what was read, in order
 * @param timestamps one for each value
 * @param ids the record ids of the values if the source wants them deduplicated, else empty
 * @param full whether it ended because of its size: the next one is on its way
 * @param watermarkMillis the reader's watermark after the values
 * @param mark the reader's checkpoint mark after the values
 */
record Slice(
    List<@Nullable Object> values,
    List<Instant> timestamps,
    List<byte[]> ids,
    boolean full,
    long watermarkMillis,
    CheckpointMark mark) {

  /** How many elements it has. */
  int size() {
    return values.size();
  }
}
