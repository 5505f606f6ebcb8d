package dev.tidemark.portability.fn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.grpc.GrpcChannels;
import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.Mutations;
import dev.tidemark.portability.grpc.RawCall;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.grpc.WorkerIdMetadata;
import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.WorkerBundle;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnDataGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnLoggingGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnStateGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnWorkerStatusGrpc;
import org.apache.beam.model.fnexecution.v1.ProvisionApi;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.junit.jupiter.api.Test;

/** What workers may say, and the server still serves others. */
final class HostileWorkersTest {
  private static final int MESSAGES_OF_A_WORKER = 20;
  private static final Logger OWN_LOG = Logger.getLogger(RemoteWorker.class.getName());
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc.internal.SerializingExecutor");

  private final WorkerRegistry registry = new WorkerRegistry();
  private final BlockingQueue<BundleEvent> events = new LinkedBlockingQueue<>();

  @Test
  void mutatedMessagesEndTheirWorkerAtMost() throws Exception {
    long seed = Long.getLong("mutation.seed", new Random().nextLong());
    int count = Integer.getInteger("mutation.count", 10_000);
    Random random = new Random(seed);
    // A line for each worker that ends, a stack trace for each request that is no protobuf.
    OWN_LOG.setLevel(Level.WARNING);
    GRPC_LOG.setLevel(Level.OFF);
    ServerSettings settings = ServerSettings.loopback().withPatience(Duration.ofMillis(100));
    try (GrpcServer server = GrpcServer.start(settings, FnServices.of(registry))) {
      ManagedChannel channel = GrpcChannels.plaintext(server.endpoint());
      try {
        for (int sent = 0; sent < count; sent += MESSAGES_OF_A_WORKER) {
          try (Hostile worker = new Hostile(channel, server.endpoint())) {
            worker.talk(new Mutations(random), "seed " + seed);
          }
        }
        aWorkerWithMannersIsServed(channel, server.endpoint());
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private void aWorkerWithMannersIsServed(Channel channel, String endpoint) throws Exception {
    events.clear();
    try (Hostile worker = new Hostile(channel, endpoint)) {
      for (int i = 0; i < worker.streamed.size(); i++) {
        worker.streams.get(i).send(worker.streamed.get(i).request().toByteArray());
      }
      List<BundleEvent> said = List.of(next(), next(), next(), next());
      assertThat(said)
          .hasAtLeastOneElementOfType(BundleEvent.Data.class)
          .hasAtLeastOneElementOfType(BundleEvent.Timers.class)
          .hasAtLeastOneElementOfType(BundleEvent.State.class)
          .hasAtLeastOneElementOfType(BundleEvent.Done.class);
    }
  }

  private BundleEvent next() throws InterruptedException {
    BundleEvent event = events.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  /** A message for each stream, as the worker of a bundle sends it. */
  private static List<RawCall> recorded(String instructionId) {
    ByteString bytes = ByteString.copyFromUtf8("some bytes");
    return List.of(
        new RawCall(
            BeamFnControlGrpc.getControlMethod(),
            BeamFnApi.InstructionResponse.newBuilder()
                .setInstructionId(instructionId)
                .setProcessBundle(
                    BeamFnApi.ProcessBundleResponse.newBuilder()
                        .setRequiresFinalization(true)
                        .putMonitoringData("a", bytes)
                        .addResidualRoots(
                            BeamFnApi.DelayedBundleApplication.newBuilder()
                                .setApplication(
                                    BeamFnApi.BundleApplication.newBuilder()
                                        .setTransformId("transform")
                                        .setElement(bytes))))
                .build()),
        new RawCall(
            BeamFnDataGrpc.getDataMethod(),
            BeamFnApi.Elements.newBuilder()
                .addData(
                    BeamFnApi.Elements.Data.newBuilder()
                        .setInstructionId(instructionId)
                        .setTransformId("transform")
                        .setData(bytes))
                .addTimers(
                    BeamFnApi.Elements.Timers.newBuilder()
                        .setInstructionId(instructionId)
                        .setTransformId("transform")
                        .setTimerFamilyId("family")
                        .setTimers(bytes)
                        .setIsLast(true))
                .build()),
        new RawCall(
            BeamFnStateGrpc.getStateMethod(),
            BeamFnApi.StateRequest.newBuilder()
                .setId("request")
                .setInstructionId(instructionId)
                .setStateKey(
                    BeamFnApi.StateKey.newBuilder()
                        .setBagUserState(
                            BeamFnApi.StateKey.BagUserState.newBuilder()
                                .setTransformId("transform")
                                .setUserStateId("state")
                                .setKey(bytes)))
                .setAppend(BeamFnApi.StateAppendRequest.newBuilder().setData(bytes))
                .build()),
        new RawCall(
            BeamFnLoggingGrpc.getLoggingMethod(),
            BeamFnApi.LogEntry.List.newBuilder()
                .addLogEntries(
                    BeamFnApi.LogEntry.newBuilder()
                        .setInstructionId(instructionId)
                        .setSeverity(BeamFnApi.LogEntry.Severity.Enum.ERROR)
                        .setMessage("message")
                        .setTrace("trace"))
                .build()),
        new RawCall(
            BeamFnWorkerStatusGrpc.getWorkerStatusMethod(),
            BeamFnApi.WorkerStatusResponse.newBuilder().setId("1").setStatusInfo("busy").build()));
  }

  /** A worker with all its streams open, and a bundle. */
  private final class Hostile implements AutoCloseable {
    private final WorkerConnection connection;
    private final Channel channel;
    private final List<RawCall> unary;
    private final List<RawCall> streamed;
    private final List<FakeStream<byte[], byte[]>> streams = new ArrayList<>();

    Hostile(Channel server, String endpoint) throws Exception {
      connection =
          registry.register(
              new WorkerSpec(
                  "worker",
                  endpoint,
                  "job",
                  "n",
                  Struct.getDefaultInstance(),
                  List.of(),
                  List.of(),
                  log -> {},
                  loss -> {}));
      channel = ClientInterceptors.intercept(server, WorkerIdMetadata.forClient(connection.id()));
      recorded("").forEach(call -> streams.add(open(call)));
      WorkerBundle bundle =
          connection
              .connected()
              .get(30, TimeUnit.SECONDS)
              .start(BeamFnApi.ProcessBundleRequest.getDefaultInstance(), events::add);
      streamed = recorded(bundle.instructionId());
      unary =
          List.of(
              new RawCall(
                  ProvisionServiceGrpc.getGetProvisionInfoMethod(),
                  ProvisionApi.GetProvisionInfoRequest.getDefaultInstance()),
              new RawCall(
                  BeamFnControlGrpc.getGetProcessBundleDescriptorMethod(),
                  BeamFnApi.GetProcessBundleDescriptorRequest.newBuilder()
                      .setProcessBundleDescriptorId("descriptor")
                      .build()));
    }

    void talk(Mutations mutations, String seed) throws Exception {
      Random random = mutations.random();
      Set<Integer> unreadable = new HashSet<>();
      for (int i = 0; i < MESSAGES_OF_A_WORKER; i++) {
        int which = random.nextInt(streamed.size() + unary.size());
        if (which >= streamed.size()) {
          RawCall call = unary.get(which - streamed.size());
          call.sendAndCheck(channel, mutations.of(call.request().toByteArray()), seed);
        } else {
          RawCall call = streamed.get(which);
          byte[] bytes = mutations.of(call.request().toByteArray());
          if (!call.isMessage(bytes)) {
            unreadable.add(which);
          }
          streams.get(which).send(bytes);
        }
      }
      for (int i = 0; i < streamed.size(); i++) {
        streams.get(i).close();
        String method = streamed.get(i).method().getFullMethodName();
        Status status = ended(streams.get(i), method + ", " + seed);
        if (!unreadable.contains(i)) { // io.grpc ends such a stream itself
          assertThat(status.getCode())
              .as("%s, %s: %s", method, seed, status)
              .isNotIn(Status.Code.UNKNOWN, Status.Code.INTERNAL);
        }
      }
    }

    private static Status ended(FakeStream<byte[], byte[]> stream, String which) throws Exception {
      try {
        return stream.ended();
      } catch (TimeoutException e) {
        throw new AssertionError("The server does not end the stream: " + which, e);
      }
    }

    private FakeStream<byte[], byte[]> open(RawCall call) {
      FakeStream<byte[], byte[]> stream = new FakeStream<>(true);
      var unused =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(call.rawMethod(), CallOptions.DEFAULT), stream);
      return stream;
    }

    @Override
    public void close() {
      connection.close();
      streams.forEach(FakeStream::cancel);
      assertThat(registry.worker(connection.id())).isEmpty();
    }
  }
}
