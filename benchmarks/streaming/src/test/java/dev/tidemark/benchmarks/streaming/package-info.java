@NullMarked
package dev.tidemark.benchmarks.streaming;

import org.jspecify.annotations.NullMarked;
