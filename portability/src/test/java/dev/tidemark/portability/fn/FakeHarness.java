package dev.tidemark.portability.fn;

import dev.tidemark.portability.grpc.GrpcChannels;
import dev.tidemark.portability.grpc.GrpcMethods;
import dev.tidemark.portability.grpc.WorkerIdMetadata;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.GetProcessBundleDescriptorRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogControl;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.WorkerStatusRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.WorkerStatusResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnDataGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnLoggingGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnStateGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnWorkerStatusGrpc;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoRequest;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.ProvisionInfo;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;

/** An SDK harness that does what a test tells it, over the real protocol. */
final class FakeHarness implements AutoCloseable {
  private final ManagedChannel connection;
  private final Channel channel;

  /** Opens no stream yet. */
  FakeHarness(String endpoint, String workerId) {
    connection = GrpcChannels.plaintext(endpoint);
    channel =
        workerId.isEmpty()
            ? connection
            : ClientInterceptors.intercept(connection, WorkerIdMetadata.forClient(workerId));
  }

  ProvisionInfo provision() {
    return ask(
            ProvisionServiceGrpc.getGetProvisionInfoMethod(),
            GetProvisionInfoRequest.getDefaultInstance())
        .getInfo();
  }

  ProcessBundleDescriptor descriptor(String id) {
    return ask(
        BeamFnControlGrpc.getGetProcessBundleDescriptorMethod(),
        GetProcessBundleDescriptorRequest.newBuilder().setProcessBundleDescriptorId(id).build());
  }

  FakeStream<InstructionResponse, InstructionRequest> control() {
    return open(BeamFnControlGrpc.getControlMethod(), true);
  }

  FakeStream<Elements, Elements> data() {
    return open(BeamFnDataGrpc.getDataMethod(), true);
  }

  /** A data stream of a harness that is too busy to read. */
  FakeStream<Elements, Elements> busyData() {
    return open(BeamFnDataGrpc.getDataMethod(), false);
  }

  FakeStream<StateRequest, StateResponse> state() {
    return open(BeamFnStateGrpc.getStateMethod(), true);
  }

  FakeStream<LogEntry.List, LogControl> logging() {
    return open(BeamFnLoggingGrpc.getLoggingMethod(), true);
  }

  FakeStream<WorkerStatusResponse, WorkerStatusRequest> status() {
    return open(BeamFnWorkerStatusGrpc.getWorkerStatusMethod(), true);
  }

  @Override
  public void close() {
    connection.shutdownNow();
  }

  private <Q, R> R ask(MethodDescriptor<Q, R> method, Q request) {
    return ClientCalls.blockingUnaryCall(
        channel, GrpcMethods.of(method), CallOptions.DEFAULT, request);
  }

  private <Q, R> FakeStream<Q, R> open(MethodDescriptor<Q, R> method, boolean reading) {
    FakeStream<Q, R> stream = new FakeStream<>(reading);
    var unused =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(GrpcMethods.of(method), CallOptions.DEFAULT), stream);
    return stream;
  }
}
