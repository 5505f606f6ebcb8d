package dev.tidemark.portability.fn;

import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.ProvisionInfo;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * What the services must know of a worker before it calls.
 *
 * <p>Immutable.
 *
 * @param name who it is for people: the environment and a number
 * @param endpoint how the worker reaches the server of the Fn API, {@code host:port}
 * @param jobId the job that it works for
 * @param jobName the name that the job's author gave it; may be empty
 * @param pipelineOptions the job's
 * @param dependencies the artifacts of its environment
 * @param runnerCapabilities URNs of protocols that the worker may use
 * @param logs takes what it logs, on the threads of the network: it must not block
 * @param lost hears once, with the reason and the worker's last words, that the worker was lost;
 *     not that it was closed
 */
public record WorkerSpec(
    String name,
    String endpoint,
    String jobId,
    String jobName,
    Struct pipelineOptions,
    List<ArtifactInformation> dependencies,
    List<String> runnerCapabilities,
    Consumer<? super LogEntry> logs,
    Consumer<String> lost) {

  /** Copies the lists. */
  public WorkerSpec {
    dependencies = List.copyOf(dependencies);
    runnerCapabilities = List.copyOf(runnerCapabilities);
  }

  /** What the worker is told when it asks: all services are at the one endpoint. */
  ProvisionInfo provisionInfo() {
    ApiServiceDescriptor service = ApiServiceDescriptor.newBuilder().setUrl(endpoint).build();
    return ProvisionInfo.newBuilder()
        .setPipelineOptions(pipelineOptions)
        .addAllDependencies(dependencies)
        .addAllRunnerCapabilities(runnerCapabilities)
        .setControlEndpoint(service)
        .setLoggingEndpoint(service)
        .setArtifactEndpoint(service)
        .setStatusEndpoint(service)
        .putMetadata("job_id", jobId)
        .putMetadata("job_name", jobName)
        .build();
  }
}
