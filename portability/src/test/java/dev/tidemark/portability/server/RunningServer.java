package dev.tidemark.portability.server;

import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobExecutions;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.portability.job.MovableClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientInterceptor;

/** The real server in the JVM of the test, with a clock that the test moves. */
public final class RunningServer implements AutoCloseable {
  /** What it goes by. */
  public final MovableClock clock = new MovableClock();

  private final JobServer server;

  /** A server with limits. */
  public RunningServer(JobExecutions executions, JobLimits limits, Path folder) throws IOException {
    this(
        executions, limits, folder, ServerSettings.loopback().withPatience(Duration.ofMillis(100)));
  }

  /** A server that listens in its own way. */
  public RunningServer(
      JobExecutions executions, JobLimits limits, Path folder, ServerSettings listener)
      throws IOException {
    server =
        JobServer.start(
            new JobServerSettings(
                listener, OptionalInt.empty(), "127.0.0.1", folder, limits, 1 << 28),
            executions,
            clock);
  }

  /** The server. */
  public JobServer server() {
    return server;
  }

  /** A client of it. */
  public JobClient client(ClientInterceptor... interceptors) {
    return new JobClient(server.endpoint(), interceptors);
  }

  /** Stops it without waiting for jobs. */
  @Override
  public void close() {
    server.close(Duration.ZERO);
  }
}
