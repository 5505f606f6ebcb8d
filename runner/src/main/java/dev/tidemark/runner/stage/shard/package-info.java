/**
 * The operator that deals the elements of a key to shards.
 *
 * <p>May depend on {@code stage} and {@code translation.graph}.
 */
@NullMarked
package dev.tidemark.runner.stage.shard;

import org.jspecify.annotations.NullMarked;
