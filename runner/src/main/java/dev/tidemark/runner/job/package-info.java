/**
 * The runner as a user of Beam meets it: {@link dev.tidemark.runner.job.TidemarkRunner}, its
 * options, and the handle of a running job.
 *
 * <p>Sees {@code epoch} (behind {@link dev.tidemark.runner.job.ExecutionFactory}), {@code metrics}
 * and the translation; nothing inside the runner but its launcher depends on it.
 */
@NullMarked
package dev.tidemark.runner.job;

import org.jspecify.annotations.NullMarked;
