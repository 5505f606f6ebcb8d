/**
 * Side inputs: the panes that were published per view and window, and the views built of them.
 *
 * <p>May depend on {@code stage}.
 */
@NullMarked
package dev.tidemark.runner.stage.sideinput;

import org.jspecify.annotations.NullMarked;
