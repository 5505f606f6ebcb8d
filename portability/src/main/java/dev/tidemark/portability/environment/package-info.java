/**
 * Workers for the environments of a job: which way one can be started ({@link
 * dev.tidemark.portability.environment.EnvironmentLaunchers}), and which worker serves a lane
 * ({@link dev.tidemark.portability.environment.JobWorkers}). The ways themselves are in {@code
 * launch}, what they do with processes in {@code process}.
 */
@NullMarked
package dev.tidemark.portability.environment;

import org.jspecify.annotations.NullMarked;
