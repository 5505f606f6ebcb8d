/**
 * How elements and windows are encoded between this runner and SDK harnesses: what the runner does
 * not know stays bytes with their length in front, on both sides.
 *
 * <p>Depends on the graph's records only. Deserializes nothing.
 */
@NullMarked
package dev.tidemark.translation.wire;

import org.jspecify.annotations.NullMarked;
