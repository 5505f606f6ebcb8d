package dev.tidemark.portability.fn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.Coder;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Beam's own Java harness as a worker. */
class JavaHarnessTest {
  private final BlockingQueue<LogEntry> logs = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> losses = new LinkedBlockingQueue<>();

  @Test
  @Timeout(120)
  void connectsPassesElementsThroughAndEndsWithItsStreams() throws Exception {
    WorkerRegistry registry = new WorkerRegistry();
    try (GrpcServer server = GrpcServer.start(ServerSettings.loopback(), FnServices.of(registry))) {
      WorkerConnection connection = registry.register(spec(server.endpoint()));
      FutureTask<Void> harness = harness(connection, server.endpoint());
      new Thread(harness, "harness").start();
      SdkWorker worker = connection.connected().get(60, TimeUnit.SECONDS);
      worker.register(passThrough());

      for (int bundle = 0; bundle < 3; bundle++) {
        assertThat(outputs(worker, element(bundle), element(100 + bundle)))
            .isEqualTo(element(bundle).concat(element(100 + bundle)));
      }
      assertThat(connection.status().get(60, TimeUnit.SECONDS)).contains("THREAD DUMP");

      WorkerBundle failing = failing(worker);
      failing.forget();
      connection.close();
      harness.get(60, TimeUnit.SECONDS);
      assertThat(losses).isEmpty();
    }
  }

  /** What the worker makes of the elements, in one bundle. */
  private static ByteString outputs(SdkWorker worker, ByteString... elements) throws Exception {
    BlockingQueue<BundleEvent> events = new LinkedBlockingQueue<>();
    WorkerBundle bundle = worker.start(request("descriptor"), events::add);
    for (ByteString element : elements) {
      bundle.data("source", element);
    }
    bundle.endOfData("source");
    ByteString result = ByteString.EMPTY;
    boolean done = false;
    boolean last = false;
    while (!done || !last) {
      BundleEvent event = events.poll(60, TimeUnit.SECONDS);
      if (event instanceof BundleEvent.Data data) {
        assertThat(data.data().getTransformId()).isEqualTo("sink");
        result = result.concat(data.data().getData());
        last = data.data().getIsLast();
      } else {
        assertThat(event).isInstanceOf(BundleEvent.Done.class);
        done = true;
      }
    }
    bundle.forget();
    return result;
  }

  /** A bundle whose descriptor nobody has: its failure is an event. */
  private static WorkerBundle failing(SdkWorker worker) throws InterruptedException {
    BlockingQueue<BundleEvent> events = new LinkedBlockingQueue<>();
    WorkerBundle bundle = worker.start(request("unknown"), events::add);
    BundleEvent event = events.poll(60, TimeUnit.SECONDS);
    assertThat(event).isInstanceOf(BundleEvent.Failed.class);
    assertThat(((BundleEvent.Failed) event).error()).contains("NOT_FOUND");
    return bundle;
  }

  private static ProcessBundleRequest request(String descriptor) {
    return ProcessBundleRequest.newBuilder().setProcessBundleDescriptorId(descriptor).build();
  }

  /** Its end, if it ends before its streams do, fails who waits for the connection. */
  private static FutureTask<Void> harness(WorkerConnection connection, String endpoint) {
    ApiServiceDescriptor service = ApiServiceDescriptor.newBuilder().setUrl(endpoint).build();
    return new FutureTask<>(
        () -> {
          try {
            FnHarness.main(
                connection.id(),
                PipelineOptionsFactory.create(),
                Set.of(),
                service,
                service,
                service);
          } catch (Throwable e) {
            connection.fail("The harness failed: " + e);
            throw e;
          }
          return null;
        });
  }

  private WorkerSpec spec(String endpoint) {
    return new WorkerSpec(
        "java 1",
        endpoint,
        "job",
        "",
        Struct.getDefaultInstance(),
        List.of(),
        List.of(),
        logs::add,
        losses::add);
  }

  /** A source, a sink, and nothing between them. */
  private static ProcessBundleDescriptor passThrough() {
    ByteString port = RemoteGrpcPort.newBuilder().setCoderId("windowed").build().toByteString();
    return ProcessBundleDescriptor.newBuilder()
        .setId("descriptor")
        .putPcollections("numbers", PCollection.newBuilder().setCoderId("varint").build())
        .putTransforms(
            "source",
            PTransform.newBuilder()
                .setUniqueName("Source")
                .setSpec(function("beam:runner:source:v1").setPayload(port))
                .putOutputs("out", "numbers")
                .build())
        .putTransforms(
            "sink",
            PTransform.newBuilder()
                .setUniqueName("Sink")
                .setSpec(function("beam:runner:sink:v1").setPayload(port))
                .putInputs("in", "numbers")
                .build())
        .putCoders("varint", coder("beam:coder:varint:v1"))
        .putCoders("global", coder("beam:coder:global_window:v1"))
        .putCoders("windowed", coder("beam:coder:windowed_value:v1", "varint", "global"))
        .build();
  }

  private static Coder coder(String urn, String... components) {
    return Coder.newBuilder()
        .setSpec(function(urn))
        .addAllComponentCoderIds(List.of(components))
        .build();
  }

  private static FunctionSpec.Builder function(String urn) {
    return FunctionSpec.newBuilder().setUrn(urn);
  }

  /** A number below 128 at the epoch, in the global window, without firing. */
  private static ByteString element(int number) {
    byte[] bytes = new byte[8 + 4 + 1 + 1];
    bytes[0] = (byte) 0x80;
    bytes[11] = 1;
    bytes[12] = 0x0f;
    bytes[13] = (byte) number;
    return ByteString.copyFrom(bytes);
  }
}
