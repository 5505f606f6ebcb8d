/**
 * Splittable functions of the host's own JVM: pairing an element with its restriction, splitting
 * that, and processing the parts, with what is left of them kept as work items in the node's state.
 *
 * <p>Bounded functions run in the sweep. Unbounded ones may run ahead of it on threads of their
 * own, so that one that blocks while it waits for data delays nobody.
 *
 * <p>May depend on {@code stage}, {@code stage.beam} and {@code translation.graph}.
 */
@NullMarked
package dev.tidemark.runner.stage.sdf;

import org.jspecify.annotations.NullMarked;
