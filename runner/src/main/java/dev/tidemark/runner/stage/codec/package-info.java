/**
 * From elements to pages and back.
 *
 * <p>An element that crosses an exchange is encoded once, in the lane that sends it: its key and
 * its value into segments of their own, its windows, pane and metadata into a frame that many
 * elements share. Knows Beam's coders; knows nothing of operators and hosts. May depend on {@code
 * exchange}, {@code stage} and {@code stage.beam}.
 */
@NullMarked
package dev.tidemark.runner.stage.codec;

import org.jspecify.annotations.NullMarked;
