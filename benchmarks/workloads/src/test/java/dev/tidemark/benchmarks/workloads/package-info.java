@NullMarked
package dev.tidemark.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
