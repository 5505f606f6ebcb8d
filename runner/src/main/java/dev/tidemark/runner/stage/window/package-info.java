/**
 * Assigns windows.
 *
 * <p>May depend on {@code stage} and {@code translation.graph}.
 */
@NullMarked
package dev.tidemark.runner.stage.window;

import org.jspecify.annotations.NullMarked;
