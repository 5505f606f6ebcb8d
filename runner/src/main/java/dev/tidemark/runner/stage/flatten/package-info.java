/**
 * Operators that change nothing of an element.
 *
 * <p>May depend on {@code stage} and {@code translation.graph}.
 */
@NullMarked
package dev.tidemark.runner.stage.flatten;

import org.jspecify.annotations.NullMarked;
