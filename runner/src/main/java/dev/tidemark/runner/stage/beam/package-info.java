/**
 * The only package that knows Beam's {@code runners-core}: it offers Beam's own execution classes
 * to the operators, over this engine's cells, timers and side inputs.
 *
 * <p>They are the way by which every exotic case runs, and what faster paths are held equal to.
 * {@code runners-core} is no stable interface: what differs between the versions of Beam that are
 * supported is in {@link dev.tidemark.runner.stage.beam.BeamCompat}.
 *
 * <p>May depend on {@code stage} and {@code translation.graph}.
 */
@NullMarked
package dev.tidemark.runner.stage.beam;

import org.jspecify.annotations.NullMarked;
