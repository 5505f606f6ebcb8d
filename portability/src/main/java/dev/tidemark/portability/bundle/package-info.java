/**
 * Runs the nodes of an SDK harness as {@link dev.tidemark.runner.stage.NodeProcessor}s: bundles,
 * their state, timers, side inputs and restrictions, over {@link
 * dev.tidemark.portability.worker.SdkWorker}. No gRPC here, and nothing of epochs.
 */
@NullMarked
package dev.tidemark.portability.bundle;

import org.jspecify.annotations.NullMarked;
