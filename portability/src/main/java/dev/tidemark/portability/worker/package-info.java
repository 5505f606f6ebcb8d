/**
 * What the rest of the engine knows of an SDK harness: a worker that takes bundles and answers with
 * events. No gRPC here.
 */
@NullMarked
package dev.tidemark.portability.worker;

import org.jspecify.annotations.NullMarked;
