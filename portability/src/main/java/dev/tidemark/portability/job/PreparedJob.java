package dev.tidemark.portability.job;

import dev.tidemark.portability.job.artifact.Staging;
import java.time.Instant;

/**
 * A job that waits to be staged and run.
 *
 * <p>Immutable, but for its staging.
 *
 * @param preparationId what the client runs it by
 * @param stagingToken what the client stages its artifacts by
 * @param description what the client wants
 * @param prepared runs it
 * @param staging its artifacts
 * @param expires when it is dropped if it was not run
 */
record PreparedJob(
    String preparationId,
    String stagingToken,
    JobDescription description,
    JobExecutions.Prepared prepared,
    Staging staging,
    Instant expires) {}
