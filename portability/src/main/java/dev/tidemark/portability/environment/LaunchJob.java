package dev.tidemark.portability.environment;

import dev.tidemark.portability.environment.process.ChildProcesses;
import java.util.List;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * The job that workers are started for.
 *
 * @param id the server's id of the job
 * @param options its pipeline options, as it was submitted with
 * @param artifacts what is staged for its environments
 * @param runnerCapabilities urns of what this runner can do, for workers that ask
 * @param log what its author reads
 * @param processes end with the job
 */
public record LaunchJob(
    String id,
    Struct options,
    Artifacts artifacts,
    List<String> runnerCapabilities,
    JobLog log,
    ChildProcesses processes) {

  /** Copies the capabilities. */
  public LaunchJob {
    runnerCapabilities = List.copyOf(runnerCapabilities);
  }
}
