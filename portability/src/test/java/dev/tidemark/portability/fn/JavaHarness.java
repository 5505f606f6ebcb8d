package dev.tidemark.portability.fn;

import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.SdkWorkers;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * One harness for all lanes, as Java's uses all cores: Beam's own, in a thread of this process.
 *
 * <p>Thread-safe.
 */
final class JavaHarness implements SdkWorkers {
  private final WorkerRegistry registry = new WorkerRegistry();
  private final GrpcServer server;
  private WorkerConnection connection;
  private SdkWorker worker;
  private int started;

  JavaHarness(ServerInterceptor... interceptors) throws Exception {
    server =
        GrpcServer.start(
            ServerSettings.loopback(),
            FnServices.of(registry).stream()
                .map(service -> ServerInterceptors.intercept(service, interceptors))
                .toList());
    connection = register();
    worker = start(connection);
  }

  private WorkerConnection register() {
    return registry.register(
        new WorkerSpec(
            "java " + ++started,
            server.endpoint(),
            "job",
            "",
            Struct.getDefaultInstance(),
            List.of(),
            List.of(),
            log -> {},
            loss -> {}));
  }

  private SdkWorker start(WorkerConnection to)
      throws InterruptedException, ExecutionException, TimeoutException {
    ApiServiceDescriptor service =
        ApiServiceDescriptor.newBuilder().setUrl(server.endpoint()).build();
    Thread thread =
        new Thread(
            () -> {
              try {
                FnHarness.main(
                    to.id(),
                    PipelineOptionsFactory.fromArgs("--experiments=enable_data_sampling").create(),
                    Set.of("beam:protocol:control_response_elements_embedding:v1"),
                    service,
                    service,
                    service);
              } catch (Exception e) {
                // It was ended.
              }
            },
            "harness " + started);
    thread.setDaemon(true);
    thread.start();
    return to.connected().get(60, TimeUnit.SECONDS);
  }

  /** How many there were. */
  synchronized int started() {
    return started;
  }

  @Override
  public synchronized SdkWorker worker(String environmentId, int lane) {
    return worker;
  }

  @Override
  public synchronized void renew() {
    connection.close();
    connection = register();
    try {
      worker = start(connection);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized void close() {
    connection.close();
    server.close();
  }
}
