/**
 * Combining by key: partly before the exchange, and to the end behind it.
 *
 * <p>The partial combiner holds accumulators as objects and works under both policies. Behind the
 * exchange there is one for the batch policy, and the contents of groups that are kept in cells.
 * What needs other triggers or merging windows goes another way. May depend on {@code exchange},
 * {@code stage}, {@code stage.codec} and {@code stage.group}.
 */
@NullMarked
package dev.tidemark.runner.stage.combine;

import org.jspecify.annotations.NullMarked;
