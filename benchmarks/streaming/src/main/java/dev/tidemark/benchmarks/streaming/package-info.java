/**
 * How late the results of a streaming job come, and what a job costs that has nothing to do: what
 * {@code benchmarks/streaming/run} starts, each in a process of its own.
 *
 * <p>{@link dev.tidemark.benchmarks.streaming.Latency} and {@link
 * dev.tidemark.benchmarks.streaming.Idle} are the programs. Elements come by a {@code Schedule},
 * whether or not anybody is ready to take them; {@code StreamingJob} is the job.
 */
@NullMarked
package dev.tidemark.benchmarks.streaming;

import org.jspecify.annotations.NullMarked;
