/**
 * Runs the nodes of a fused stage in one lane: direct calls, bundles, watermarks and timers node by
 * node.
 *
 * <p>May depend on {@code stage} and its operators.
 */
@NullMarked
package dev.tidemark.runner.stage.fused;

import org.jspecify.annotations.NullMarked;
