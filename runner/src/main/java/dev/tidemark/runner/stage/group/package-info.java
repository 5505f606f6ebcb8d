/**
 * Grouping by key and window under the batch policy, straight from the pages of an exchange.
 *
 * <p>Where all input is bounded and the trigger fires once, when a window is complete, nothing has
 * to be decided before the input ends: encoded values are chained by encoded key and window, and
 * every group is emitted once. What needs triggers, lateness or durable state goes another way. May
 * depend on {@code exchange}, {@code stage} and {@code stage.codec}.
 */
@NullMarked
package dev.tidemark.runner.stage.group;

import org.jspecify.annotations.NullMarked;
