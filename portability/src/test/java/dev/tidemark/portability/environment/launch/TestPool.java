package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.GrpcService;
import dev.tidemark.portability.grpc.ServerSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnExternalWorkerPoolGrpc;

/** A client's worker pool, on a port of its own, that starts nothing. */
final class TestPool implements AutoCloseable {
  final List<BeamFnApi.StartWorkerRequest> started = new CopyOnWriteArrayList<>();
  final List<String> stopped = new CopyOnWriteArrayList<>();
  private final GrpcServer server;

  /** Answers each start with {@code error}. */
  TestPool(String error) throws IOException {
    server =
        GrpcServer.start(
            ServerSettings.loopback().at("localhost", 0),
            List.of(
                GrpcService.of(BeamFnExternalWorkerPoolGrpc.getServiceDescriptor())
                    .unary(
                        BeamFnExternalWorkerPoolGrpc.getStartWorkerMethod(),
                        request -> {
                          started.add(request);
                          return BeamFnApi.StartWorkerResponse.newBuilder().setError(error).build();
                        })
                    .unary(
                        BeamFnExternalWorkerPoolGrpc.getStopWorkerMethod(),
                        request -> {
                          stopped.add(request.getWorkerId());
                          return BeamFnApi.StopWorkerResponse.getDefaultInstance();
                        })
                    .build()));
  }

  String endpoint() {
    return "localhost:" + server.port();
  }

  @Override
  public void close() {
    server.close();
  }
}
