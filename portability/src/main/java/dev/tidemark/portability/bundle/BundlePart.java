package dev.tidemark.portability.bundle;

import java.util.List;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * A part of the input of a bundle that another lane processes.
 *
 * <p>Immutable.
 *
 * @param chunks encoded elements
 * @param hold the lowest timestamp, in milliseconds, that may still be emitted for them
 */
record BundlePart(List<Chunk> chunks, long hold) {
  BundlePart {
    chunks = List.copyOf(chunks);
  }

  /** Whole elements, so many of them. */
  record Chunk(ByteString bytes, long elements) {}
}
