package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.Globs;
import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.WorkerStart;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.Endpoints;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Asks a worker pool to start workers: the client's own, which is what LOOPBACK is, or one that
 * somebody else runs. A pool that is gone fails the job that needs it.
 *
 * <p>Thread-safe.
 */
final class ExternalLauncher implements Launcher {
  static final String URN = "beam:env:external:v1";

  private final List<String> allowed;

  /** Calls pools whose {@code host:port} matches one of these patterns. */
  ExternalLauncher(List<String> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  @Override
  public @Nullable String problem(RunnerApi.Environment environment) {
    RunnerApi.ExternalPayload payload =
        Payloads.parse(environment, RunnerApi.ExternalPayload.parser());
    if (payload == null) {
      return Payloads.unreadable(environment);
    }
    String pool = payload.getEndpoint().getUrl();
    if (!pool.matches("(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}")) {
      return "the worker pool '" + pool + "' is not given as host:port";
    }
    return Globs.anyMatches(allowed, pool)
        ? null
        : "the worker pool "
            + pool
            + " is not on this server's list; its operator can allow it with --allow-worker-pool="
            + pool;
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException {
    RunnerApi.ExternalPayload payload =
        Payloads.parse(start.environment(), RunnerApi.ExternalPayload.parser());
    if (payload == null) {
      throw new LaunchException(Payloads.unreadable(start.environment()));
    }
    WorkerPool pool = new WorkerPool(payload.getEndpoint().getUrl());
    pool.start(
        BeamFnApi.StartWorkerRequest.newBuilder()
            .setWorkerId(start.workerId())
            .setControlEndpoint(descriptor(start.endpoints().control()))
            .setLoggingEndpoint(descriptor(start.endpoints().logging()))
            .setArtifactEndpoint(descriptor(start.endpoints().artifact()))
            .setProvisionEndpoint(descriptor(start.endpoints().provision()))
            .putAllParams(payload.getParamsMap())
            .build());
    return new PoolWorker(pool, start.workerId());
  }

  /** Without authentication, which Go's pools refuse. */
  private static Endpoints.ApiServiceDescriptor descriptor(String endpoint) {
    return Endpoints.ApiServiceDescriptor.newBuilder().setUrl(endpoint).build();
  }
}
