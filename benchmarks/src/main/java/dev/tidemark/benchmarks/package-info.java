/** What {@code benchmarks/compare} runs besides the examples: the input and a reference. */
@NullMarked
package dev.tidemark.benchmarks;

import org.jspecify.annotations.NullMarked;
