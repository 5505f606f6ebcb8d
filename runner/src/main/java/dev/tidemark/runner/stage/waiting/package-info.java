/**
 * Elements that a node cannot take yet, kept in its state. May depend on {@code stage} and {@code
 * stage.codec}.
 */
@NullMarked
package dev.tidemark.runner.stage.waiting;

import org.jspecify.annotations.NullMarked;
