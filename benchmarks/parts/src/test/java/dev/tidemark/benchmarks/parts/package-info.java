@NullMarked
package dev.tidemark.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
