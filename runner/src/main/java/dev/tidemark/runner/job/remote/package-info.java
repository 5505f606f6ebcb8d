/**
 * Sends jobs to a job server that runs elsewhere, and follows them: {@code --jobEndpoint}.
 *
 * <p>Speaks gRPC as Beam brings it along, in packages of its own, so that nothing comes in the way
 * of what a pipeline uses.
 */
@NullMarked
package dev.tidemark.runner.job.remote;

import org.jspecify.annotations.NullMarked;
