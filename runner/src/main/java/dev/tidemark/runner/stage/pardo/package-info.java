/**
 * Runs users' functions that are not splittable, with or without state and timers, in the host's
 * JVM.
 *
 * <p>May depend on {@code stage}, {@code stage.beam} and {@code translation.graph}.
 */
@NullMarked
package dev.tidemark.runner.stage.pardo;

import org.jspecify.annotations.NullMarked;
