/**
 * The files of a job: they are asked from the client that submits it, checked, kept in a folder of
 * the job, and handed to the job's workers by ids that nobody can guess. No path or URL that a
 * client names is ever opened here.
 */
@NullMarked
package dev.tidemark.portability.job.artifact;

import org.jspecify.annotations.NullMarked;
