/**
 * Beam pipelines as users write them: word counts, a streaming leaderboard, joins, state and
 * timers, side inputs, a splittable function, file formats.
 *
 * <p>They know nothing of Tidemark: whatever {@code --runner} names runs them. Depends on Beam's
 * SDK and its Avro extension only.
 */
@NullMarked
package dev.tidemark.examples;

import org.jspecify.annotations.NullMarked;
