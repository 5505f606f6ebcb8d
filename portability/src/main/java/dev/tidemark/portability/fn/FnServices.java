package dev.tidemark.portability.fn;

import dev.tidemark.portability.grpc.GrpcService;
import dev.tidemark.portability.grpc.WorkerIdMetadata;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.GetProcessBundleDescriptorRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnDataGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnLoggingGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnStateGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnWorkerStatusGrpc;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoRequest;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoResponse;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc;

/**
 * The services of the Fn API for the workers of a registry. Each call but the one for descriptors
 * must bear the id of a registered worker, and a worker has one stream of each kind.
 *
 * <p>Thread-safe.
 */
public final class FnServices {
  private final WorkerRegistry registry;

  private FnServices(WorkerRegistry registry) {
    this.registry = registry;
  }

  /** The services, for a {@link dev.tidemark.portability.grpc.GrpcServer}. */
  public static List<ServerServiceDefinition> of(WorkerRegistry registry) {
    FnServices services = new FnServices(registry);
    return List.of(
        services.provision(),
        services.control(),
        services.data(),
        services.state(),
        services.logging(),
        services.status());
  }

  private ServerServiceDefinition provision() {
    return GrpcService.of(ProvisionServiceGrpc.getServiceDescriptor())
        .unary(ProvisionServiceGrpc.getGetProvisionInfoMethod(), this::provisionInfo)
        .build();
  }

  private ServerServiceDefinition control() {
    var kind = new StreamKind<>("control", true, RemoteWorker::control, RemoteWorker::answered);
    return GrpcService.of(BeamFnControlGrpc.getServiceDescriptor())
        .bidi(BeamFnControlGrpc.getControlMethod(), responses -> accept(kind, responses))
        .unary(BeamFnControlGrpc.getGetProcessBundleDescriptorMethod(), this::descriptor)
        .build();
  }

  private ServerServiceDefinition data() {
    var kind = new StreamKind<>("data", true, RemoteWorker::data, RemoteWorker::received);
    return GrpcService.of(BeamFnDataGrpc.getServiceDescriptor())
        .bidi(BeamFnDataGrpc.getDataMethod(), responses -> accept(kind, responses))
        .build();
  }

  private ServerServiceDefinition state() {
    var kind = new StreamKind<>("state", true, RemoteWorker::state, RemoteWorker::requested);
    return GrpcService.of(BeamFnStateGrpc.getServiceDescriptor())
        .bidi(BeamFnStateGrpc.getStateMethod(), responses -> accept(kind, responses))
        .build();
  }

  private ServerServiceDefinition logging() {
    var kind = new StreamKind<>("logging", false, RemoteWorker::logging, RemoteWorker::logged);
    return GrpcService.of(BeamFnLoggingGrpc.getServiceDescriptor())
        .bidi(BeamFnLoggingGrpc.getLoggingMethod(), responses -> accept(kind, responses))
        .build();
  }

  private ServerServiceDefinition status() {
    var kind =
        new StreamKind<>("status", false, RemoteWorker::statusRequests, RemoteWorker::reported);
    return GrpcService.of(BeamFnWorkerStatusGrpc.getServiceDescriptor())
        .bidi(BeamFnWorkerStatusGrpc.getWorkerStatusMethod(), responses -> accept(kind, responses))
        .build();
  }

  private GetProvisionInfoResponse provisionInfo(GetProvisionInfoRequest request)
      throws StatusException {
    return GetProvisionInfoResponse.newBuilder().setInfo(caller().spec().provisionInfo()).build();
  }

  private ProcessBundleDescriptor descriptor(GetProcessBundleDescriptorRequest request)
      throws StatusException {
    return registry
        .descriptors()
        .get(request.getProcessBundleDescriptorId())
        .orElseThrow(() -> Status.NOT_FOUND.withDescription("No such descriptor").asException());
  }

  private <Q, R> StreamObserver<Q> accept(StreamKind<Q, R> kind, StreamObserver<R> responses) {
    RemoteWorker worker;
    try {
      worker = caller();
    } catch (StatusException e) {
      return GrpcService.refuse(responses, e.getStatus());
    }
    ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) responses;
    return kind.outbound().apply(worker).open(call)
        ? kind.inbound(worker, call)
        : GrpcService.refuse(
            responses,
            Status.ALREADY_EXISTS.withDescription(
                "This worker has a " + kind.name() + " stream, or had it"));
  }

  private RemoteWorker caller() throws StatusException {
    String id =
        WorkerIdMetadata.current()
            .orElseThrow(
                () ->
                    Status.UNAUTHENTICATED
                        .withDescription("The metadata 'worker_id' is missing")
                        .asException());
    return registry
        .worker(id)
        .orElseThrow(
            () ->
                Status.PERMISSION_DENIED
                    .withDescription("No worker with this id is expected, or it was ended")
                    .asException());
  }
}
