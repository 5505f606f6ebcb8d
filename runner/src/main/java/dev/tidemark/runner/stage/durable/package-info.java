/**
 * Durable edges: elements are put into the state of the node that takes them, and are delivered
 * once the state of that epoch is committed. May depend on {@code stage} and {@code stage.codec}.
 */
@NullMarked
package dev.tidemark.runner.stage.durable;

import org.jspecify.annotations.NullMarked;
