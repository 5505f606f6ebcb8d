/**
 * Grouping by key and window.
 *
 * <p>Where all input is bounded and the trigger fires once, when a window is complete, nothing has
 * to be decided before the input ends: encoded values are chained by encoded key and window,
 * straight from the pages of an exchange, and every group is emitted once. Else, where windows fire
 * at their end, a group is kept in cells and a window fires as a whole. Other triggers and merging
 * windows are left to Beam's own classes. May depend on {@code exchange}, {@code progress}, {@code
 * stage}, {@code stage.beam} and {@code stage.codec}.
 */
@NullMarked
package dev.tidemark.runner.stage.group;

import org.jspecify.annotations.NullMarked;
