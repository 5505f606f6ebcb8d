/** Tests of the runner as a user meets it. */
@NullMarked
package dev.tidemark.runner.job;

import org.jspecify.annotations.NullMarked;
