/**
 * The life of an epoch: take, run, seal, commit, finalize.
 *
 * <p>Sees every other package but {@code job}.
 */
@NullMarked
package dev.tidemark.runner.epoch;

import org.jspecify.annotations.NullMarked;
