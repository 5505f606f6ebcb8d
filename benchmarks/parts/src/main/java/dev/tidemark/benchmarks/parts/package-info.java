/**
 * JMH benchmarks of parts of the runner: {@link dev.tidemark.benchmarks.parts.ExchangeBenchmark}
 * calls the codec of the exchanges, {@link dev.tidemark.benchmarks.parts.JobBenchmark} runs jobs
 * that hold one thing each. The state of a lane is in {@code benchmarks/durability}.
 */
@NullMarked
package dev.tidemark.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
