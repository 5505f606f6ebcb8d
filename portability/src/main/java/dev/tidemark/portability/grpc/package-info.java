/**
 * Beam's services on plain {@code io.grpc}: a generic adapter from the vendored method descriptors,
 * servers and channels. It knows nothing of what the services do.
 */
@NullMarked
package dev.tidemark.portability.grpc;

import org.jspecify.annotations.NullMarked;
