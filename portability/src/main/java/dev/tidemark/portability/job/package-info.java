/**
 * Jobs that clients submit: prepared, staged, run, watched, cancelled, and after a while forgotten.
 * How a job is executed is behind {@link dev.tidemark.portability.job.JobExecutions}.
 */
@NullMarked
package dev.tidemark.portability.job;

import org.jspecify.annotations.NullMarked;
