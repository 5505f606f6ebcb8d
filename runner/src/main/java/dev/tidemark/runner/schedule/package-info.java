/**
 * Clocks and threads: what a deterministic test replaces.
 *
 * <p>A leaf.
 */
@NullMarked
package dev.tidemark.runner.schedule;

import org.jspecify.annotations.NullMarked;
