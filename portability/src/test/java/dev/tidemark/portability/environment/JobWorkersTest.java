package dev.tidemark.portability.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.environment.process.ChildProcesses;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerLostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ListValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class JobWorkersTest {
  private static final String URN = "test:environment";

  private final TestConnections connections = new TestConnections();
  private final TestLauncher launcher =
      new TestLauncher((start, worker) -> connections.connect(start.workerId()));
  private RunnerApi.Environment environment =
      RunnerApi.Environment.newBuilder().setUrn(URN).build();
  private Struct options = Struct.getDefaultInstance();
  private Duration farewell = Duration.ZERO;

  private JobWorkers workers(Duration startTimeout) {
    return new JobWorkers(
        new LaunchJob(
            "job",
            options,
            environmentId -> List.of(),
            List.of(),
            new TestLog(),
            new ChildProcesses(Duration.ofSeconds(1))),
        Map.of("python", environment),
        new EnvironmentLaunchers(Map.of(URN, launcher), Map.of(), new ImageMap(List.of()), null),
        connections,
        new WorkerPolicy(
            2,
            startTimeout,
            3,
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            Duration.ofMinutes(1),
            farewell));
  }

  private JobWorkers workers() {
    return workers(Duration.ofMinutes(1));
  }

  @Test
  void aLaneKeepsItsWorkerAndLanesShareThem() throws Exception {
    try (JobWorkers workers = workers()) {
      SdkWorker first = workers.worker("python", 0);
      SdkWorker second = workers.worker("python", 1);
      assertThat(first.id()).isNotEqualTo(second.id());
      assertThat(workers.worker("python", 0)).isSameAs(first);
      assertThat(workers.worker("python", 2)).isSameAs(first);
      assertThat(workers.worker("python", 3)).isSameAs(second);
      assertThat(launcher.started).hasSize(2);
    }
    assertThat(launcher.closed).containsExactlyInAnyOrderElementsOf(launcher.started);
    assertThat(connections.openCount()).isZero();
  }

  @Test
  void whoAsksAfterAFailureOfTheJobGetsNewWorkers() throws Exception {
    try (JobWorkers workers = workers()) {
      SdkWorker first = workers.worker("python", 0);
      SdkWorker second = workers.worker("python", 1);
      workers.renew();
      assertThat(List.of(first, second)).noneMatch(SdkWorker::alive);
      assertThat(launcher.closed).hasSize(2);
      assertThat(List.of(first.id(), second.id()))
          .doesNotContain(workers.worker("python", 0).id(), workers.worker("python", 1).id());
      assertThat(launcher.started).hasSize(4);
    }
    assertThat(connections.openCount()).isZero();
  }

  @Test
  void oneWorkerServesAllLanesIfItUsesAllCores() throws Exception {
    environment =
        environment.toBuilder()
            .addCapabilities("beam:protocol:multi_core_bundle_processing:v1")
            .build();
    try (JobWorkers workers = workers()) {
      assertThat(workers.worker("python", 1)).isSameAs(workers.worker("python", 0));
    }
  }

  @Test
  void theJobMayAskForOneWorkerOrForMore() throws Exception {
    options = option("experiments", list("other", "no_use_multiple_sdk_containers"));
    try (JobWorkers workers = workers()) {
      assertThat(workers.worker("python", 1)).isSameAs(workers.worker("python", 0));
    }
    options = asking("3");
    try (JobWorkers workers = workers()) {
      assertThat(workers.worker("python", 2)).isNotSameAs(workers.worker("python", 0));
      assertThat(workers.worker("python", 3)).isSameAs(workers.worker("python", 0));
    }
  }

  @Test
  void workersOfOneInterpreterAreOneAndRunOneBundleAtATime() throws Exception {
    environment =
        environment.toBuilder()
            .addCapabilities("beam:version:sdk_base:apache/beam_python3.11_sdk:2.70.0")
            .build();
    options = option("environment_type", text("EXTERNAL"));
    try (JobWorkers workers = workers()) {
      assertThat(workers.worker("python", 1)).isNotSameAs(workers.worker("python", 0));
      assertThat(workers.turns("python").limited()).isFalse();
    }
    options = option("environment_type", text("LOOPBACK"));
    try (JobWorkers workers = workers()) {
      assertThat(workers.worker("python", 1)).isSameAs(workers.worker("python", 0));
      assertThat(workers.turns("python").limited()).isTrue();
      assertThat(workers.turns("python")).isSameAs(workers.turns("python"));
    }
    options = options.toBuilder().putAllFields(asking("2").getFieldsMap()).build();
    try (JobWorkers workers = workers()) {
      assertThat(workers.worker("python", 1)).isNotSameAs(workers.worker("python", 0));
      assertThat(workers.turns("python").limited()).isFalse();
    }
  }

  @Test
  void otherSdksInTheClientsProcessUseAllCores() throws Exception {
    environment =
        environment.toBuilder()
            .addCapabilities("beam:version:sdk_base:apache/beam_go_sdk:2.73.0")
            .build();
    options = option("environment_type", text("LOOPBACK"));
    try (JobWorkers workers = workers()) {
      assertThat(workers.turns("python").limited()).isFalse();
    }
  }

  @Test
  void workersThatWillBeAskedForStartAtOnceAndOnce() throws Exception {
    CountDownLatch together = new CountDownLatch(2);
    launcher.behaviour =
        (start, worker) -> {
          together.countDown();
          try {
            together.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          connections.connect(start.workerId());
        };
    try (JobWorkers workers = workers()) {
      workers.startAhead(List.of("unknown", "python"));
      assertThat(workers.worker("python", 0).id()).isIn(launcher.started);
      assertThat(workers.worker("python", 1).id()).isIn(launcher.started);
      assertThat(launcher.started).hasSize(2);
    }
  }

  @Test
  void whatCouldNotBeStartedAheadIsTriedAgain() throws Exception {
    CountDownLatch failed = new CountDownLatch(6);
    launcher.behaviour =
        (start, worker) -> {
          failed.countDown();
          throw new LaunchException("not yet");
        };
    try (JobWorkers workers = workers()) {
      workers.startAhead(List.of("python"));
      failed.await();
      launcher.behaviour = (start, worker) -> connections.connect(start.workerId());
      assertThat(workers.worker("python", 0).alive()).isTrue();
    }
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  private static Struct asking(String workers) {
    return option("sdk_worker_parallelism", text(workers));
  }

  private static Struct option(String name, Value value) {
    return Struct.newBuilder().putFields("beam:option:" + name + ":v1", value).build();
  }

  private static Value list(String... values) {
    ListValue.Builder list = ListValue.newBuilder();
    for (String value : values) {
      list.addValues(text(value));
    }
    return Value.newBuilder().setListValue(list).build();
  }

  @Test
  void aLostWorkerIsReplacedAndEnded() throws Exception {
    try (JobWorkers workers = workers()) {
      SdkWorker first = workers.worker("python", 0);
      connections.lose(first);
      assertThat(launcher.askedToEnd).containsExactly(first.id());
      SdkWorker next = workers.worker("python", 0);
      assertThat(next.id()).isNotEqualTo(first.id());
      assertThat(launcher.closed).containsExactly(first.id());
      assertThat(connections.openCount()).isEqualTo(1);
    }
  }

  @Test
  void aWorkerWhoseProcessEndsIsLostWithItsLastWords() throws Exception {
    CompletableFuture<TestLauncher.Worker> launched = new CompletableFuture<>();
    launcher.behaviour =
        (start, worker) -> {
          connections.connect(start.workerId());
          launched.complete(worker);
        };
    try (JobWorkers workers = workers()) {
      SdkWorker worker = workers.worker("python", 0);
      assertThat(worker.alive()).isTrue();
      launched.join().ended.complete("it was killed by signal 9");
      assertThat(worker.alive()).isFalse();
    }
  }

  @Test
  void startsThatFailAreTriedAgainAFewTimes() throws Exception {
    launcher.behaviour =
        (start, worker) -> {
          if (start.workerId().equals("worker-3")) {
            connections.connect(start.workerId());
          } else {
            worker.ended.complete("it ended with status 1");
          }
        };
    try (JobWorkers workers = workers()) {
      assertThat(workers.worker("python", 0).id()).isEqualTo("worker-3");
      assertThat(launcher.closed).containsExactly("worker-1", "worker-2");
      assertThatThrownBy(() -> workers.worker("python", 1))
          .isInstanceOf(WorkerLostException.class)
          .hasMessage("it ended with status 1 before it had connected (3 starts in a row failed)");
      assertThat(connections.openCount()).isEqualTo(1);
    }
  }

  @Test
  void aLauncherThatCannotSaysWhy() {
    launcher.behaviour =
        (start, worker) -> {
          throw new LaunchException("no disk");
        };
    try (JobWorkers workers = workers()) {
      assertThatThrownBy(() -> workers.worker("python", 0))
          .isInstanceOf(WorkerLostException.class)
          .hasMessageStartingWith("no disk");
      assertThat(connections.openCount()).isZero();
    }
  }

  @Test
  void aWorkerThatDoesNotConnectIsEnded() {
    launcher.behaviour = (start, worker) -> {};
    try (JobWorkers workers = workers(Duration.ofMillis(20))) {
      assertThatThrownBy(() -> workers.worker("python", 0))
          .isInstanceOf(WorkerLostException.class)
          .hasMessageContaining("did not connect within")
          .hasMessageContaining("last words of worker-3");
      assertThat(launcher.closed).hasSize(3);
    }
  }

  @Test
  void theEndOfTheJobWakesLanesThatWait() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    launcher.behaviour = (start, worker) -> waiting.countDown();
    JobWorkers workers = workers();
    CompletableFuture<SdkWorker> lane = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                lane.complete(workers.worker("python", 0));
              } catch (WorkerLostException | InterruptedException e) {
                lane.completeExceptionally(e);
              }
            });
    thread.start();
    waiting.await();
    workers.close();
    assertThatThrownBy(lane::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("the job has ended");
    assertThat(launcher.closed).containsExactly("worker-1");
    assertThatThrownBy(() -> workers.worker("python", 0)).hasMessage("the job has ended");
  }

  @Test
  void workersMayEndByThemselves() throws Exception {
    farewell = Duration.ofMinutes(10);
    launcher.behaviour =
        (start, worker) -> {
          connections.connect(start.workerId());
          connections.whenClosed(start.workerId(), () -> worker.ended.complete("it is done"));
        };
    try (JobWorkers workers = workers()) {
      workers.worker("python", 0);
      workers.worker("python", 1);
    }
    assertThat(launcher.askedToEnd).isEmpty();
    assertThat(launcher.closed).hasSize(2);
  }

  @Test
  void anEnvironmentThatNothingCanStartSaysWhy() {
    launcher.problem = "it is forbidden";
    try (JobWorkers workers = workers()) {
      assertThatThrownBy(() -> workers.worker("python", 0))
          .hasMessage("environment 'python': it is forbidden");
      assertThatThrownBy(() -> workers.worker("go", 0))
          .hasMessage("the pipeline has no environment 'go'");
    }
  }

  @Test
  void backOffDoublesUpToAnEnd() {
    WorkerPolicy policy = WorkerPolicy.standard(8, 2);
    assertThat(policy.most()).isEqualTo(2);
    assertThat(policy.backOff(0)).isZero();
    assertThat(policy.backOff(1)).isEqualTo(Duration.ofMillis(200));
    assertThat(policy.backOff(3)).isEqualTo(Duration.ofMillis(800));
    assertThat(policy.backOff(1000)).isEqualTo(Duration.ofSeconds(10));
  }
}
