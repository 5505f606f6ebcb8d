package dev.tidemark.portability.fn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import dev.tidemark.portability.worker.WorkerLostException;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.FinalizeBundleRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.FinalizeBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.WorkerStatusResponse;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.ProvisionInfo;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The services, over a real connection to a harness that does what the test says. */
class FnServicesTest {
  private final WorkerRegistry registry = new WorkerRegistry();
  private final BlockingQueue<LogEntry> logs = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> losses = new LinkedBlockingQueue<>();
  private final BlockingQueue<BundleEvent> events = new LinkedBlockingQueue<>();
  private GrpcServer server;
  private WorkerConnection connection;
  private FakeHarness harness;

  @BeforeEach
  void start() throws Exception {
    server =
        GrpcServer.start(
            ServerSettings.loopback().withPatience(Duration.ofMillis(100)),
            FnServices.of(registry));
    connection = registry.register(spec());
    harness = new FakeHarness(server.endpoint(), connection.id());
  }

  @AfterEach
  void stop() {
    harness.close();
    connection.close();
    server.close();
  }

  @Test
  void aWorkerIsToldItsJobAndWhereTheServicesAre() {
    ProvisionInfo info = harness.provision();

    assertThat(info.getPipelineOptions().getFieldsOrThrow("name").getStringValue()).isEqualTo("x");
    // With one and no artifacts, Beam's containers ask a service that only Dataflow still has.
    assertThat(info.getRetrievalToken()).isEmpty();
    assertThat(info.getRunnerCapabilitiesList()).containsExactly("capability");
    assertThat(info.getMetadataMap()).containsEntry("job_id", "job").containsEntry("job_name", "n");
    assertThat(
            List.of(
                info.getControlEndpoint().getUrl(),
                info.getLoggingEndpoint().getUrl(),
                info.getArtifactEndpoint().getUrl(),
                info.getStatusEndpoint().getUrl()))
        .containsOnly(server.endpoint());
  }

  @Test
  void anUnknownAMissingAndAnEndedIdAreRefused() throws Exception {
    try (FakeHarness stranger = new FakeHarness(server.endpoint(), "0123456789abcdef");
        FakeHarness nobody = new FakeHarness(server.endpoint(), "")) {
      assertThat(stranger.control().ended().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(stranger.data().ended().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(nobody.control().ended().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThatThrownBy(nobody::provision).hasMessageContaining("UNAUTHENTICATED");
    }
    connection.close();
    assertThat(harness.state().ended().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThatThrownBy(harness::provision).hasMessageContaining("PERMISSION_DENIED");
  }

  @Test
  void aSecondStreamOfAKindIsRefusedAndTheFirstGoesOn() throws Exception {
    var control = harness.control();
    SdkWorker worker = connected();
    try (FakeHarness thief = new FakeHarness(server.endpoint(), connection.id())) {
      assertThat(thief.control().ended().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    }

    WorkerBundle bundle = worker.start(ProcessBundleRequest.getDefaultInstance(), events::add);
    assertThat(control.next().getInstructionId()).isEqualTo(bundle.instructionId());
    assertThat(worker.alive()).isTrue();
  }

  @Test
  void aDescriptorIsHadByItsIdAloneAsLongAsItsWorkerLives() throws Exception {
    harness.control();
    PTransform source =
        PTransform.newBuilder()
            .setSpec(
                FunctionSpec.newBuilder()
                    .setUrn("beam:runner:source:v1")
                    .setPayload(
                        RemoteGrpcPort.newBuilder().setCoderId("coder").build().toByteString()))
            .build();
    connected()
        .register(
            ProcessBundleDescriptor.newBuilder()
                .setId("descriptor")
                .putTransforms("source", source)
                .build());

    try (FakeHarness nobody = new FakeHarness(server.endpoint(), "")) {
      ProcessBundleDescriptor fetched = nobody.descriptor("descriptor");
      assertThat(fetched.getStateApiServiceDescriptor().getUrl()).isEqualTo(server.endpoint());
      RemoteGrpcPort port =
          RemoteGrpcPort.parseFrom(fetched.getTransformsOrThrow("source").getSpec().getPayload());
      assertThat(port.getApiServiceDescriptor().getUrl()).isEqualTo(server.endpoint());
      assertThat(port.getCoderId()).isEqualTo("coder");

      connection.close();
      assertThatThrownBy(() -> nobody.descriptor("descriptor")).hasMessageContaining("NOT_FOUND");
    }
  }

  @Test
  void dataAndTimersGoBothWaysInOrder() throws Exception {
    var control = harness.control();
    var data = harness.data();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    bundle.data("in", bytes("a"));
    bundle.timers("in", "family", bytes("t"));
    bundle.endOfTimers("in", "family");
    bundle.endOfData("in");

    String id = control.next().getInstructionId();
    assertThat(data.next().getData(0)).isEqualTo(data(id, "in").setData(bytes("a")).build());
    assertThat(data.next().getTimers(0)).isEqualTo(timers(id).setTimers(bytes("t")).build());
    assertThat(data.next().getTimers(0)).isEqualTo(timers(id).setIsLast(true).build());
    assertThat(data.next().getData(0)).isEqualTo(data(id, "in").setIsLast(true).build());

    Elements.Data output = data(id, "out").setData(bytes("b")).build();
    Elements.Timers set = timers(id).setTimers(bytes("u")).setIsLast(true).build();
    data.send(Elements.newBuilder().addData(output).addTimers(set).build());
    assertThat(event()).isEqualTo(new BundleEvent.Data(output));
    assertThat(event()).isEqualTo(new BundleEvent.Timers(set));
  }

  @Test
  void theLastElementsComeWithTheEndInOneMessage() throws Exception {
    harness.control();
    var data = harness.data();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    bundle.lastData("in", bytes("a"));

    String id = bundle.instructionId();
    assertThat(data.next().getDataList())
        .containsExactly(
            data(id, "in").setData(bytes("a")).build(), data(id, "in").setIsLast(true).build());
  }

  @Test
  void whatIsSentBeforeTheDataStreamOpensArrivesOnIt() throws Exception {
    harness.control();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    assertThat(bundle.ready()).isFalse();
    bundle.data("in", bytes("a"));
    bundle.endOfData("in");

    var data = harness.data();
    assertThat(data.next().getData(0).getData()).isEqualTo(bytes("a"));
    assertThat(data.next().getData(0).getIsLast()).isTrue();
    assertThat(event()).isEqualTo(new BundleEvent.Ready());
  }

  @Test
  void theResponseMayOvertakeTheOutputsAndTheReverse() throws Exception {
    var control = harness.control();
    var data = harness.data();
    SdkWorker worker = connected();
    WorkerBundle first = worker.start(ProcessBundleRequest.getDefaultInstance(), events::add);
    control.send(done(first).build());
    assertThat(event()).isInstanceOf(BundleEvent.Done.class);
    data.send(last(first));
    assertThat(event()).isInstanceOf(BundleEvent.Data.class);

    WorkerBundle second = worker.start(ProcessBundleRequest.getDefaultInstance(), events::add);
    data.send(last(second));
    assertThat(event()).isInstanceOf(BundleEvent.Data.class);
    control.send(done(second).build());
    assertThat(event()).isInstanceOf(BundleEvent.Done.class);
  }

  @Test
  void bundlesEndInAnyOrderAndOutputsMayComeInTheResponse() throws Exception {
    var control = harness.control();
    SdkWorker worker = connected();
    BlockingQueue<BundleEvent> other = new LinkedBlockingQueue<>();
    WorkerBundle first = worker.start(ProcessBundleRequest.getDefaultInstance(), events::add);
    WorkerBundle second = worker.start(ProcessBundleRequest.getDefaultInstance(), other::add);
    assertThat(first.instructionId()).isNotEqualTo(second.instructionId());
    control.send(
        InstructionResponse.newBuilder()
            .setInstructionId(second.instructionId())
            .setProcessBundle(ProcessBundleResponse.newBuilder().setElements(last(second)))
            .build());
    control.send(
        InstructionResponse.newBuilder()
            .setInstructionId(first.instructionId())
            .setError("Traceback")
            .build());

    assertThat(other.poll(30, TimeUnit.SECONDS)).isInstanceOf(BundleEvent.Data.class);
    assertThat(other.poll(30, TimeUnit.SECONDS)).isInstanceOf(BundleEvent.Done.class);
    assertThat(event()).isEqualTo(new BundleEvent.Failed("Traceback"));
  }

  @Test
  void stateRequestsAreAnsweredAndThoseOfUnknownBundlesRefused() throws Exception {
    harness.control();
    var state = harness.state();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    StateRequest request =
        StateRequest.newBuilder().setId("1").setInstructionId(bundle.instructionId()).build();
    state.send(request);
    assertThat(event()).isEqualTo(new BundleEvent.State(request));
    StateResponse response =
        StateResponse.newBuilder()
            .setId("1")
            .setGet(StateGetResponse.newBuilder().setData(bytes("value")))
            .build();
    bundle.respond(response);
    assertThat(state.next()).isEqualTo(response);

    bundle.forget();
    state.send(request);
    assertThat(state.next().getError()).contains(bundle.instructionId());
  }

  @Test
  void splitsAndProgressAreAnsweredByEventsAndErrorsThereMeanNothing() throws Exception {
    var control = harness.control();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    control.next();
    bundle.progress();
    InstructionRequest progress = control.next();
    assertThat(progress.getProcessBundleProgress().getInstructionId())
        .isEqualTo(bundle.instructionId());
    ProcessBundleProgressResponse answer =
        ProcessBundleProgressResponse.newBuilder().putMonitoringData("a", bytes("1")).build();
    control.send(
        InstructionResponse.newBuilder()
            .setInstructionId(progress.getInstructionId())
            .setProcessBundleProgress(answer)
            .build());
    assertThat(event()).isEqualTo(new BundleEvent.Progress(answer));

    bundle.split(ProcessBundleSplitRequest.getDefaultInstance());
    InstructionRequest split = control.next();
    assertThat(split.getProcessBundleSplit().getInstructionId()).isEqualTo(bundle.instructionId());
    control.send(
        InstructionResponse.newBuilder()
            .setInstructionId(split.getInstructionId())
            .setError("Not running")
            .build());
    assertThat(event()).isInstanceOf(BundleEvent.Split.class);
  }

  @Test
  void otherInstructionsAreAskedAndAnswered() throws Exception {
    var control = harness.control();
    var answer =
        connected()
            .ask(
                InstructionRequest.newBuilder()
                    .setFinalizeBundle(FinalizeBundleRequest.newBuilder().setInstructionId("i"))
                    .build());
    InstructionRequest asked = control.next();
    assertThat(asked.getFinalizeBundle().getInstructionId()).isEqualTo("i");
    control.send(
        InstructionResponse.newBuilder()
            .setInstructionId(asked.getInstructionId())
            .setFinalizeBundle(FinalizeBundleResponse.getDefaultInstance())
            .build());
    assertThat(answer.get(30, TimeUnit.SECONDS).hasFinalizeBundle()).isTrue();
  }

  @Test
  void whenAStreamBreaksAllIsLostOnceWithTheWorkersLastWords() throws Exception {
    var control = harness.control();
    var data = harness.data();
    var logging = harness.logging();
    SdkWorker worker = connected();
    BlockingQueue<BundleEvent> other = new LinkedBlockingQueue<>();
    worker.start(ProcessBundleRequest.getDefaultInstance(), events::add);
    worker.start(ProcessBundleRequest.getDefaultInstance(), other::add);
    var answer =
        worker.ask(
            InstructionRequest.newBuilder()
                .setFinalizeBundle(FinalizeBundleRequest.getDefaultInstance())
                .build());
    logging.send(
        LogEntry.List.newBuilder()
            .addLogEntries(LogEntry.newBuilder().setMessage("no memory left"))
            .build());
    assertThat(logs.poll(30, TimeUnit.SECONDS)).isNotNull();

    data.cancel();
    for (BundleEvent event : List.of(event(), other.take())) {
      assertThat(event).isInstanceOf(BundleEvent.Lost.class);
      assertThat(((BundleEvent.Lost) event).reason())
          .contains("python 1")
          .contains("data stream")
          .contains("no memory left");
    }
    assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(WorkerLostException.class);
    assertThat(losses.poll(30, TimeUnit.SECONDS)).contains("no memory left");
    assertThat(control.ended()).isEqualTo(Status.OK);
    assertThat(worker.alive()).isFalse();

    worker.start(ProcessBundleRequest.getDefaultInstance(), events::add);
    assertThat(event()).isInstanceOf(BundleEvent.Lost.class);
    assertThat(events).isEmpty();
    assertThat(other).isEmpty();
    assertThat(losses).isEmpty();
  }

  @Test
  void aWorkerThatAnswersTwiceIsLost() throws Exception {
    var control = harness.control();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    control.send(done(bundle).build());
    assertThat(event()).isInstanceOf(BundleEvent.Done.class);
    control.send(done(bundle).build());
    assertThat(event()).isInstanceOf(BundleEvent.Lost.class);
    assertThat(losses.poll(30, TimeUnit.SECONDS)).contains("twice");
  }

  @Test
  void anAnswerOfAnotherKindLosesTheWorker() throws Exception {
    var control = harness.control();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    bundle.progress();
    control.next();
    control.send(done(bundle).setInstructionId(control.next().getInstructionId()).build());
    assertThat(event()).isInstanceOf(BundleEvent.Lost.class);
    assertThat(losses.poll(30, TimeUnit.SECONDS)).contains("PROCESS_BUNDLE_PROGRESS");
  }

  @Test
  void whatComesForAForgottenBundleIsDropped() throws Exception {
    var control = harness.control();
    var data = harness.data();
    SdkWorker worker = connected();
    BlockingQueue<BundleEvent> forgotten = new LinkedBlockingQueue<>();
    WorkerBundle first = worker.start(ProcessBundleRequest.getDefaultInstance(), forgotten::add);
    WorkerBundle second = worker.start(ProcessBundleRequest.getDefaultInstance(), events::add);
    first.forget();
    data.send(last(first));
    data.send(last(second));
    control.send(done(first).build());
    control.send(done(second).build());

    assertThat(List.of(event(), event()))
        .hasAtLeastOneElementOfType(BundleEvent.Data.class)
        .hasAtLeastOneElementOfType(BundleEvent.Done.class);
    assertThat(forgotten).isEmpty();
    assertThat(worker.alive()).isTrue();
  }

  @Test
  void aClosedWorkerIsNotReportedAsLost() throws Exception {
    var control = harness.control();
    var logging = harness.logging();
    logging.send(LogEntry.List.newBuilder().addLogEntries(LogEntry.newBuilder()).build());
    assertThat(logs.poll(30, TimeUnit.SECONDS)).isNotNull();
    connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    connection.close();
    assertThat(event()).isInstanceOf(BundleEvent.Lost.class);
    assertThat(control.ended()).isEqualTo(Status.OK);
    assertThat(losses).isEmpty();

    // It ends its log stream itself, and is not heard any more.
    logging.send(LogEntry.List.newBuilder().addLogEntries(LogEntry.newBuilder()).build());
    logging.close();
    assertThat(logging.ended()).isEqualTo(Status.OK);
    assertThat(logs).isEmpty();
  }

  @Test
  void aWorkerThatEndsBeforeItConnectsFailsWhoWaitsForIt() {
    connection.fail("Its process ended with status 137");
    assertThatThrownBy(() -> connection.connected().get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(WorkerLostException.class)
        .hasMessageContaining("137");
  }

  @Test
  void aBusyWorkerIsNotReadyUntilItReads() throws Exception {
    harness.control();
    var data = harness.busyData();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    ByteString piece = ByteString.copyFrom(new byte[1 << 20]);
    int sent = 0;
    // What the connection itself takes in is bounded, so at some time this ends.
    while (sent == 0 || bundle.ready()) {
      bundle.data("in", piece);
      sent++;
      assertThat(sent).isLessThan(100);
    }
    if (events.peek() != null) {
      assertThat(event()).isEqualTo(new BundleEvent.Ready());
    }
    data.read(sent);
    for (int i = 0; i < sent; i++) {
      assertThat(data.next().getData(0).getData()).isEqualTo(piece);
    }
    assertThat(event()).isEqualTo(new BundleEvent.Ready());
    assertThat(bundle.ready()).isTrue();
  }

  @Test
  void anElementOfHundredMegabytesPassesBothWays() throws Exception {
    harness.control();
    var data = harness.data();
    WorkerBundle bundle = connected().start(ProcessBundleRequest.getDefaultInstance(), events::add);
    byte[] large = new byte[100_000_000];
    large[large.length - 1] = 7;
    bundle.data("in", ByteString.copyFrom(large));
    ByteString arrived = data.next().getData(0).getData();
    assertThat(arrived.size()).isEqualTo(large.length);
    assertThat(arrived.byteAt(large.length - 1)).isEqualTo((byte) 7);

    data.send(
        Elements.newBuilder()
            .addData(data(bundle.instructionId(), "out").setData(arrived))
            .build());
    BundleEvent event = event();
    while (event instanceof BundleEvent.Ready) {
      event = event();
    }
    assertThat(((BundleEvent.Data) event).data().getData().size()).isEqualTo(large.length);
  }

  @Test
  void logEntriesReachTheJobCutIfTheyAreHuge() throws Exception {
    var logging = harness.logging();
    logging.send(
        LogEntry.List.newBuilder()
            .addLogEntries(LogEntry.newBuilder().setMessage("a").setTransformId("t"))
            .addLogEntries(LogEntry.newBuilder().setMessage("b".repeat(5_000_000)))
            .build());
    LogEntry first = logs.poll(30, TimeUnit.SECONDS);
    assertThat(first).isNotNull();
    assertThat(first.getTransformId()).isEqualTo("t");
    LogEntry second = logs.poll(30, TimeUnit.SECONDS);
    assertThat(second).isNotNull();
    assertThat(second.getMessage()).hasSizeLessThan(101_000).contains("5000000 characters");
    assertThat(connection.lastWords()).hasSizeLessThan(3_000);

    logging.close();
    assertThat(logging.ended()).isEqualTo(Status.OK);
    var again = harness.logging();
    again.send(LogEntry.List.newBuilder().addLogEntries(LogEntry.newBuilder()).build());
    assertThat(logs.poll(30, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void aWorkerTellsWhatItIsDoing() throws Exception {
    assertThatThrownBy(() -> connection.status().get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(WorkerLostException.class);
    var status = harness.status();
    // An answer to no question is dropped.
    status.send(WorkerStatusResponse.newBuilder().setId("unknown").build());
    var answer = connection.status();
    while (answer.isCompletedExceptionally()) {
      // The server has not seen the stream yet.
      answer = connection.status();
    }
    status.send(
        WorkerStatusResponse.newBuilder()
            .setId(status.next().getId())
            .setStatusInfo("3 threads")
            .build());
    assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("3 threads");
  }

  private WorkerSpec spec() {
    return new WorkerSpec(
        "python 1",
        server.endpoint(),
        "job",
        "n",
        Struct.newBuilder()
            .putFields("name", Value.newBuilder().setStringValue("x").build())
            .build(),
        List.of(),
        List.of("capability"),
        logs::add,
        losses::add);
  }

  private SdkWorker connected() throws Exception {
    return connection.connected().get(30, TimeUnit.SECONDS);
  }

  private BundleEvent event() throws InterruptedException {
    BundleEvent event = events.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  private static InstructionResponse.Builder done(WorkerBundle bundle) {
    return InstructionResponse.newBuilder()
        .setInstructionId(bundle.instructionId())
        .setProcessBundle(ProcessBundleResponse.getDefaultInstance());
  }

  private static Elements last(WorkerBundle bundle) {
    return Elements.newBuilder()
        .addData(data(bundle.instructionId(), "out").setIsLast(true))
        .build();
  }

  private static Elements.Data.Builder data(String id, String transform) {
    return Elements.Data.newBuilder().setInstructionId(id).setTransformId(transform);
  }

  private static Elements.Timers.Builder timers(String id) {
    return Elements.Timers.newBuilder()
        .setInstructionId(id)
        .setTransformId("in")
        .setTimerFamilyId("family");
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
