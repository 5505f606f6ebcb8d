package dev.tidemark.runner.source;

import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * What a reader read between two checkpoint marks; it is emitted within one epoch.
 *
 * <p>Immutable.
 *
 * @param elements what was read, in order
 * @param ids the record ids of the elements if the source wants them deduplicated, else empty
 * @param watermarkMillis the reader's watermark after the elements
 * @param mark the reader's checkpoint mark after the elements
 */
record Slice(
    List<WindowedValue<?>> elements, List<byte[]> ids, long watermarkMillis, CheckpointMark mark) {}
