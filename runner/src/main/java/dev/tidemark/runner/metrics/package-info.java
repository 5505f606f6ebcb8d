/**
 * Metrics of a run: attempted and committed.
 *
 * <p>A leaf.
 */
@NullMarked
package dev.tidemark.runner.metrics;

import org.jspecify.annotations.NullMarked;
