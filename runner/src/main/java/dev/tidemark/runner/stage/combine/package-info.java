/**
 * Combining by key: partly before the exchange, and to the end behind it.
 *
 * <p>The partial combiner holds accumulators as objects and works under both policies; the combiner
 * behind the exchange is the one of the batch policy. What needs triggers, lateness or durable
 * state goes another way. May depend on {@code exchange}, {@code stage}, {@code stage.codec} and
 * {@code stage.group}.
 */
@NullMarked
package dev.tidemark.runner.stage.combine;

import org.jspecify.annotations.NullMarked;
