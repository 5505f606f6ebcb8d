/** Tests of what is behind {@code ./run}. */
@NullMarked
package dev.tidemark.runner.job.launch;

import org.jspecify.annotations.NullMarked;
