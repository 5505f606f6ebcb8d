package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.Timestamps;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.jspecify.annotations.Nullable;

/**
 * One of the splits of an unbounded source, and from where on to read it.
 *
 * <p>Immutable, but for what the user's objects are.
 *
 * @param index which one
 * @param count how many there are: fixed when the job starts for the first time
 * @param source the split
 * @param mark up to where it was read; null for the beginning
 * @param watermarkMillis its watermark there
 */
record Split(
    int index,
    int count,
    UnboundedSource<Object, CheckpointMark> source,
    @Nullable CheckpointMark mark,
    long watermarkMillis) {

  /** One that nobody has read. */
  static Split fresh(int index, int count, UnboundedSource<Object, CheckpointMark> source) {
    return new Split(index, count, source, null, Timestamps.MIN);
  }
}
