/**
 * The immutable graph of fused stages that every host executes, as records.
 *
 * <p>Depends on Beam's model only. All collections in these records are immutable and keep their
 * order, so that two translations of one pipeline are equal.
 */
@NullMarked
package dev.tidemark.translation.graph;

import org.jspecify.annotations.NullMarked;
