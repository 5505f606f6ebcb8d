/**
 * The same work as Beam pipelines, which any runner runs, and by hand in plain Java: what {@code
 * benchmarks/compare} starts, each in a process of its own.
 *
 * <p>{@link dev.tidemark.benchmarks.workloads.Job} and {@link
 * dev.tidemark.benchmarks.workloads.ByHand} are the programs. What elements are made of is in
 * {@code Elements}, how large the work is in {@code Size}; every program prints a {@code Checksum}
 * of its result. The programs by hand are frozen: a runner is measured against them.
 */
@NullMarked
package dev.tidemark.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
