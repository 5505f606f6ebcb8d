package dev.tidemark.portability.server;

import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.job.JobLimits;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * How a {@link JobServer} listens and what it allows.
 *
 * <p>Immutable.
 *
 * @param listener where and how the Job API is offered
 * @param artifactPort the port of the artifact service, 0 to pick one; empty if it shares the Job
 *     API's
 * @param advertisedHost the name of this machine in the addresses that clients are given
 * @param artifactsFolder where each job gets a folder of its own for its files
 * @param limits what jobs may take
 * @param memoryBytes how much of the heap all jobs that run in this process may take together for
 *     what can as well be on disk
 */
public record JobServerSettings(
    ServerSettings listener,
    OptionalInt artifactPort,
    String advertisedHost,
    Path artifactsFolder,
    JobLimits limits,
    long memoryBytes) {}
