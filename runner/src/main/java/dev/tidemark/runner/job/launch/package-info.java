/**
 * Runs the jar of an existing Beam pipeline: what is behind {@code ./run}.
 *
 * <p>{@link dev.tidemark.runner.job.launch.Launcher} looks at the jar and writes down the command
 * of a fresh JVM with one flat class path, Tidemark's part first; {@code ./run} then becomes that
 * JVM, in which {@link dev.tidemark.runner.job.launch.UserProgram} calls the user's {@code main}
 * and turns what it throws into an exit status. Two steps, because the class path depends on the
 * jar, and because signals reach the pipeline only in the process that the user started.
 */
@NullMarked
package dev.tidemark.runner.job.launch;

import org.jspecify.annotations.NullMarked;
