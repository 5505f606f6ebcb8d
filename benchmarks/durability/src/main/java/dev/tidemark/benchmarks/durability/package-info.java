/**
 * What durability costs: keyed streaming sums with the state in a store on disk, with the state in
 * memory, and written by hand; and the parts of a commit one by one, by JMH. {@code ./benchmark}
 * runs both.
 */
@NullMarked
package dev.tidemark.benchmarks.durability;

import org.jspecify.annotations.NullMarked;
