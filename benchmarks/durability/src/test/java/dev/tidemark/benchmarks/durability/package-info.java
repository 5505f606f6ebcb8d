@NullMarked
package dev.tidemark.benchmarks.durability;

import org.jspecify.annotations.NullMarked;
