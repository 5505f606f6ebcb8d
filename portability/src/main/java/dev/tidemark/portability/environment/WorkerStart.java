package dev.tidemark.portability.environment;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * A worker to be started.
 *
 * <p>Immutable, but for the job.
 *
 * @param job whose worker it will be
 * @param environmentId the environment's id in the pipeline's components
 * @param environment one that the launcher has no problem with
 * @param workerId says who it is when it connects
 * @param endpoints where it connects
 */
public record WorkerStart(
    LaunchJob job,
    String environmentId,
    RunnerApi.Environment environment,
    String workerId,
    WorkerEndpoints endpoints) {}
