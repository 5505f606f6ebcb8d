package dev.tidemark.portability.server;

import static dev.tidemark.portability.job.JobClient.failure;
import static dev.tidemark.portability.job.JobClient.pipeline;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.portability.job.JobListener.Level;
import dev.tidemark.portability.job.ScriptedJobs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each call of the Job API, with Beam's stubs over the wire. */
final class JobServiceTest {
  private static final int HISTORY = 20_000;
  private static final JobLimits LIMITS =
      new JobLimits(
          1 << 20,
          1_000,
          Duration.ofMinutes(10),
          2,
          Duration.ofHours(1),
          1 << 20,
          HISTORY,
          4 << 20,
          false);

  private final ScriptedJobs jobs = new ScriptedJobs();
  private RunningServer server;
  private JobClient client;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    server = new RunningServer(jobs, LIMITS, folder);
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aJobRunsToItsEnd() throws Exception {
    JobApi.PrepareJobResponse prepared =
        client
            .jobs()
            .prepare(JobApi.PrepareJobRequest.newBuilder().setPipeline(pipeline()).build());
    String job = client.run(prepared);
    ScriptedJobs.Run run = jobs.next();
    assertThat(run.job.jobName()).isEqualTo("job");
    assertThat(client.state(job)).isEqualTo(JobState.Enum.RUNNING);
    run.listener().message(Level.WARNING, "look out");
    run.listener().ended(new JobEnd.Done());
    run.listener().ended(new JobEnd.Failed("too late"));
    run.listener().running();

    assertThat(client.state(job)).isEqualTo(JobState.Enum.DONE);
    assertThat(client.messages(job))
        .extracting(JobServiceTest::shown)
        .containsExactly("STARTING", "RUNNING", "JOB_MESSAGE_WARNING look out", "DONE");
    List<JobState.Enum> states = new ArrayList<>();
    client
        .jobs()
        .getStateStream(JobApi.GetJobStateRequest.newBuilder().setJobId(job).build())
        .forEachRemaining(event -> states.add(event.getState()));
    assertThat(states)
        .containsExactly(JobState.Enum.STARTING, JobState.Enum.RUNNING, JobState.Enum.DONE);
    assertThat(
            client
                .jobs()
                .getPipeline(JobApi.GetJobPipelineRequest.newBuilder().setJobId(job).build())
                .getPipeline())
        .isEqualTo(pipeline());
    assertThat(client.jobs().getJobs(JobApi.GetJobsRequest.getDefaultInstance()).getJobInfoList())
        .singleElement()
        .satisfies(
            info -> {
              assertThat(info.getJobId()).isEqualTo(job);
              assertThat(info.getState()).isEqualTo(JobState.Enum.DONE);
            });
  }

  /**
   * Go's client logs messages like this, in LOOPBACK to the worker's log, which is read as
   * messages.
   */
  private static String logged(JobMessagesResponse response) {
    JobApi.JobMessage message = response.getMessageResponse();
    return "(time=%s)(id=%s)%s"
        .formatted(message.getTime(), message.getMessageId(), message.getMessageText());
  }

  @Test
  void whatAClientLogsOfAMessageIsNoneAgain() throws Exception {
    String other = client.submit();
    jobs.next().listener().message(Level.BASIC, "of another job");
    String job = client.submit();
    ScriptedJobs.Run run = jobs.next();
    run.listener().message(Level.BASIC, "once");
    String once = logged(nextMessage(job));
    run.listener().message(Level.BASIC, "INFO: " + once);
    run.listener().message(Level.BASIC, "INFO: Job[" + job + "] state: RUNNING");
    String ofAnother = "INFO: " + logged(nextMessage(other));
    run.listener().message(Level.BASIC, ofAnother);
    run.listener().ended(new JobEnd.Failed("after " + once));

    assertThat(client.messages(job))
        .extracting(JobServiceTest::shown)
        .containsExactly(
            "STARTING",
            "RUNNING",
            "JOB_MESSAGE_BASIC once",
            "JOB_MESSAGE_BASIC INFO: Job[" + job + "] state: RUNNING",
            "JOB_MESSAGE_BASIC " + ofAnother,
            "JOB_MESSAGE_ERROR after " + once,
            "FAILED");
  }

  /** The first message of a job, as soon as it is there. */
  private JobMessagesResponse nextMessage(String job) {
    Iterator<JobMessagesResponse> stream =
        client.jobs().getMessageStream(JobMessagesRequest.newBuilder().setJobId(job).build());
    JobMessagesResponse next = stream.next();
    while (!next.hasMessageResponse()) {
      next = stream.next();
    }
    return next;
  }

  @Test
  void beforeTheRunStreamsOfThePreparationFailAtOnce() {
    JobApi.PrepareJobResponse prepared = client.prepare(pipeline());
    assertNotFound(prepared.getPreparationId());
    client.run(prepared);
    assertNotFound(prepared.getPreparationId());
    assertThat(failure(() -> client.run(prepared)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void anUnknownJobIsNotFound() {
    assertNotFound("nonsense");
    assertNotFound("");
    assertNotFound("\0\r\n%".repeat(10_000));
  }

  private void assertNotFound(String id) {
    JobApi.GetJobStateRequest state = JobApi.GetJobStateRequest.newBuilder().setJobId(id).build();
    List<Runnable> calls =
        List.of(
            () -> client.jobs().getState(state),
            () -> client.jobs().getStateStream(state).next(),
            () ->
                client
                    .jobs()
                    .getMessageStream(JobMessagesRequest.newBuilder().setJobId(id).build())
                    .next(),
            () ->
                client
                    .jobs()
                    .getPipeline(JobApi.GetJobPipelineRequest.newBuilder().setJobId(id).build()),
            () -> client.jobs().cancel(JobApi.CancelJobRequest.newBuilder().setJobId(id).build()),
            () -> client.jobs().drain(JobApi.DrainJobRequest.newBuilder().setJobId(id).build()),
            () ->
                client
                    .jobs()
                    .getJobMetrics(JobApi.GetJobMetricsRequest.newBuilder().setJobId(id).build()));
    for (Runnable call : calls) {
      assertThat(failure(call).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }
  }

  @Test
  void theErrorComesBeforeTheStateAndTheMessagesEndBeforeTheStates() throws Exception {
    String job = client.submit();
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Void> end = new CompletableFuture<>();
    client
        .streams()
        .getMessageStream(
            JobMessagesRequest.newBuilder().setJobId(job).build(),
            new Listening<>(heard, "messages", JobServiceTest::shown, new CompletableFuture<>()));
    client
        .streams()
        .getStateStream(
            JobApi.GetJobStateRequest.newBuilder().setJobId(job).build(),
            new Listening<JobStateEvent>(
                heard, "states", event -> event.getState().toString(), end));
    ScriptedJobs.Run run = jobs.next();
    // Both streams are open when the client has got an answer to a later call.
    client.state(job);
    run.listener().ended(new JobEnd.Failed("Transform Boom failed: ValueError"));
    end.get(30, TimeUnit.SECONDS);

    assertThat(heard.subList(heard.indexOf("messages RUNNING"), heard.size()))
        .filteredOn(text -> !text.equals("states STARTING") && !text.equals("states RUNNING"))
        .containsExactly(
            "messages RUNNING",
            "messages JOB_MESSAGE_ERROR Transform Boom failed: ValueError",
            "messages FAILED",
            "messages end",
            "states FAILED",
            "states end");
  }

  @Test
  void aJobThatCannotBeStartedHasFailed() {
    jobs.startFailure = new IllegalStateException("no room");
    String job = client.submit();
    assertThat(client.state(job)).isEqualTo(JobState.Enum.FAILED);
    assertThat(client.messages(job))
        .extracting(JobServiceTest::shown)
        .anySatisfy(text -> assertThat(text).startsWith("JOB_MESSAGE_ERROR").contains("no room"));
  }

  @Test
  void lateReadersAreToldWhatIsMissing() throws Exception {
    String job = client.submit();
    ScriptedJobs.Run run = jobs.next();
    for (int i = 0; i < 1_000; i++) {
      run.listener().message(Level.BASIC, "line " + i);
    }
    run.listener().message(Level.BASIC, "x".repeat(10_000_000));
    run.listener().message(Level.BASIC, "last");
    run.listener().ended(new JobEnd.Failed("y".repeat(10_000_000) + " the end"));

    List<JobMessagesResponse> messages = client.messages(job);
    assertThat(shown(messages.get(0)))
        .endsWith("older messages of this job are not kept any more.");
    assertThat(messages.stream().mapToInt(JobMessagesResponse::getSerializedSize).sum())
        .isLessThan(300_000);
    assertThat(messages)
        .filteredOn(
            message ->
                message.getMessageResponse().getImportance() == MessageImportance.JOB_MESSAGE_ERROR)
        .singleElement()
        .satisfies(
            message ->
                assertThat(message.getMessageResponse().getMessageText()).endsWith(" the end"));
    assertThat(shown(messages.get(messages.size() - 1))).isEqualTo("FAILED");
  }

  @Test
  void cancellingTwiceIsCancellingOnce() throws Exception {
    String job = client.submit();
    ScriptedJobs.Run run = jobs.next();
    assertThat(cancel(job)).isEqualTo(JobState.Enum.CANCELLING);
    assertThat(cancel(job)).isEqualTo(JobState.Enum.CANCELLING);
    assertThat(run.cancels).hasValue(1);
    run.listener().ended(new JobEnd.Cancelled());
    assertThat(cancel(job)).isEqualTo(JobState.Enum.CANCELLED);
    assertThat(run.cancels).hasValue(1);
  }

  @Test
  void aDrainedJobMayStillBeCancelled() throws Exception {
    String job = client.submit();
    ScriptedJobs.Run run = jobs.next();
    assertThat(
            client
                .jobs()
                .drain(JobApi.DrainJobRequest.newBuilder().setJobId(job).build())
                .getState())
        .isEqualTo(JobState.Enum.DRAINING);
    assertThat(run.drains).hasValue(1);
    assertThat(cancel(job)).isEqualTo(JobState.Enum.CANCELLING);
    assertThat(run.cancels).hasValue(1);
    run.listener().ended(new JobEnd.Drained());
    assertThat(client.state(job)).isEqualTo(JobState.Enum.DRAINED);
  }

  private JobState.Enum cancel(String job) {
    return client
        .jobs()
        .cancel(JobApi.CancelJobRequest.newBuilder().setJobId(job).build())
        .getState();
  }

  @Test
  void metricsFitIntoAMessageAndOutliveTheRun() throws Exception {
    String job = client.submit();
    ScriptedJobs.Run run = jobs.next();
    MonitoringInfo info =
        MonitoringInfo.newBuilder().setPayload(ByteString.copyFrom(new byte[10_000])).build();
    run.metrics =
        JobApi.MetricResults.newBuilder()
            .addAllAttempted(Collections.nCopies(1_000, info))
            .addAllCommitted(Collections.nCopies(3, info))
            .build();
    JobApi.MetricResults cut = metrics(job);
    assertThat(cut.getCommittedCount()).isEqualTo(3);
    assertThat(cut.getAttemptedCount()).isBetween(200, 420);
    run.metrics = JobApi.MetricResults.newBuilder().addAttempted(info).addCommitted(info).build();
    run.listener().ended(new JobEnd.Done());
    run.metrics = JobApi.MetricResults.getDefaultInstance();
    assertThat(metrics(job).getAttemptedList()).containsExactly(info);
  }

  private JobApi.MetricResults metrics(String job) {
    return client
        .jobs()
        .getJobMetrics(JobApi.GetJobMetricsRequest.newBuilder().setJobId(job).build())
        .getMetrics();
  }

  @Test
  void aRefusalListsWhatGoesIntoIt() {
    jobs.problems = List.of("first thing", "second thing");
    Status refused = failure(() -> client.prepare(pipeline()));
    assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refused.getDescription()).contains("\n  - first thing\n  - second thing");

    jobs.problems = Collections.nCopies(1_000, "Äußerst übel: " + "\n%".repeat(50));
    Status longer = failure(() -> client.prepare(pipeline()));
    assertThat(longer.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(longer.getDescription()).contains("Äußerst übel").endsWith("more");
  }

  @Test
  void pipelinesThatAreTooLargeAreRefused() {
    RunnerApi.Pipeline.Builder large = pipeline().toBuilder();
    large
        .getComponentsBuilder()
        .putCoders(
            "c",
            RunnerApi.Coder.newBuilder()
                .setSpec(
                    RunnerApi.FunctionSpec.newBuilder()
                        .setPayload(ByteString.copyFrom(new byte[1 << 20])))
                .build());
    assertThat(failure(() -> client.prepare(large.build())).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void preparedJobsExpire() {
    JobApi.PrepareJobResponse prepared = client.prepare(pipeline());
    server.clock.advance(Duration.ofMinutes(9));
    JobApi.PrepareJobResponse later = client.prepare(pipeline());
    server.clock.advance(Duration.ofMinutes(1));
    assertThat(failure(() -> client.run(prepared)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(client.run(later)).isNotEmpty();
  }

  @Test
  void thereIsRoomForSomeNumberOfPreparedJobs() {
    for (int i = 0; i < 1_000; i++) {
      client.prepare(pipeline());
    }
    assertThat(failure(() -> client.prepare(pipeline())).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    server.clock.advance(Duration.ofMinutes(10));
    assertThat(client.submit()).isNotEmpty();
  }

  @Test
  void endedJobsAreForgottenByNumberAndByAge() throws Exception {
    List<String> ended = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ended.add(client.submit());
      jobs.next().listener().ended(new JobEnd.Done());
    }
    String running = client.submit();
    // Clients that poll see the end first.
    ended.forEach(job -> assertThat(client.state(job)).isEqualTo(JobState.Enum.DONE));
    server.clock.advance(Duration.ofMinutes(1));
    server.server().registry().sweep();
    assertNotFound(ended.get(0));
    assertNotFound(ended.get(1));
    assertThat(client.state(ended.get(2))).isEqualTo(JobState.Enum.DONE);
    server.clock.advance(Duration.ofHours(1));
    server.server().registry().sweep();
    assertNotFound(ended.get(3));
    assertThat(client.state(running)).isEqualTo(JobState.Enum.RUNNING);
  }

  @Test
  void ourOptionsAreDescribed() {
    assertThat(
            client
                .jobs()
                .describePipelineOptions(JobApi.DescribePipelineOptionsRequest.getDefaultInstance())
                .getOptionsList())
        .extracting(JobApi.PipelineOptionDescriptor::getName)
        .contains("lanes", "max_epoch_millis")
        .doesNotContain("runner", "job_name");
  }

  private static String shown(JobMessagesResponse message) {
    return message.hasStateResponse()
        ? message.getStateResponse().getState().toString()
        : message.getMessageResponse().getImportance()
            + " "
            + message.getMessageResponse().getMessageText();
  }

  /** Notes what it hears. */
  private record Listening<T>(
      List<String> heard,
      String name,
      java.util.function.Function<T, String> shown,
      CompletableFuture<Void> end)
      implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      heard.add(name + " " + shown.apply(value));
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      heard.add(name + " end");
      end.complete(null);
    }
  }
}
