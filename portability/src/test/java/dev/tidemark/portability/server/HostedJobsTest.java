package dev.tidemark.portability.server;

import static dev.tidemark.portability.job.JobClient.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.state.directory.StateHome;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs without functions of a user, from the client to the executor. */
final class HostedJobsTest {
  private final Path folder;

  HostedJobsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private StateHome states() {
    return new StateHome(folder.resolve("states"));
  }

  @Test
  void aPipelineRuns() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Impulse.create());
    try (RunningServer server =
            new RunningServer(
                new HostedJobs(new NoHarnesses(), states(), new MemoryBudget(1 << 20)),
                JobLimits.defaults(),
                folder);
        JobClient client = server.client()) {
      String job = client.run(client.prepare(PipelineTranslation.toProto(pipeline)));
      List<JobApi.JobMessagesResponse> messages = client.messages(job);
      assertThat(messages.get(messages.size() - 1).getStateResponse().getState())
          .isEqualTo(JobState.Enum.DONE);
      assertThat(
              client
                  .jobs()
                  .getJobMetrics(JobApi.GetJobMetricsRequest.newBuilder().setJobId(job).build())
                  .hasMetrics())
          .isTrue();
    }
  }

  @Test
  void anEmptyPipelineIsDoneAtOnce() throws Exception {
    try (RunningServer server =
            new RunningServer(
                new HostedJobs(new NoHarnesses(), states(), new MemoryBudget(1 << 20)),
                JobLimits.defaults(),
                folder);
        JobClient client = server.client()) {
      String job = client.run(client.prepare(RunnerApi.Pipeline.getDefaultInstance()));
      List<JobApi.JobMessagesResponse> messages = client.messages(job);
      assertThat(messages.get(messages.size() - 1).getStateResponse().getState())
          .isEqualTo(JobState.Enum.DONE);
    }
  }

  @Test
  void pipelinesThatGoInCirclesOrTooDeepAreRefused() throws Exception {
    RunnerApi.Pipeline pipeline = RunnerApi.Pipeline.newBuilder().addRootTransformIds("t0").build();
    RunnerApi.Pipeline.Builder circle = pipeline.toBuilder();
    circle
        .getComponentsBuilder()
        .putTransforms("t0", RunnerApi.PTransform.getDefaultInstance())
        .putCoders("a", RunnerApi.Coder.newBuilder().addComponentCoderIds("b").build())
        .putCoders("b", RunnerApi.Coder.newBuilder().addComponentCoderIds("a").build());
    RunnerApi.Pipeline.Builder deep = pipeline.toBuilder();
    for (int i = 0; i < 10_000; i++) {
      deep.getComponentsBuilder()
          .putTransforms(
              "t" + i, RunnerApi.PTransform.newBuilder().addSubtransforms("t" + (i + 1)).build());
    }
    deep.getComponentsBuilder().putTransforms("t10000", RunnerApi.PTransform.getDefaultInstance());
    try (RunningServer server =
            new RunningServer(
                new HostedJobs(new NoHarnesses(), states(), new MemoryBudget(1 << 20)),
                JobLimits.defaults(),
                folder);
        JobClient client = server.client()) {
      assertThat(failure(() -> client.prepare(circle.build())).getDescription())
          .contains("is a part of itself");
      assertThat(failure(() -> client.prepare(deep.build())).getDescription())
          .contains("levels deep");
    }
  }

  @Test
  void whatCannotBeRunIsRefusedWithAllItsReasons() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Numbers", Create.of(1, 2, 3));
    RunnerApi.Pipeline proto = PipelineTranslation.toProto(pipeline);
    Struct options =
        Struct.newBuilder()
            .putFields(
                "beam:option:key_groups:v1", Value.newBuilder().setStringValue("few").build())
            .build();
    try (RunningServer server =
            new RunningServer(
                new HostedJobs(new NoHarnesses(), states(), new MemoryBudget(1 << 20)),
                JobLimits.defaults(),
                folder);
        JobClient client = server.client()) {
      Status refused =
          failure(
              () ->
                  client
                      .jobs()
                      .prepare(
                          JobApi.PrepareJobRequest.newBuilder()
                              .setPipeline(proto)
                              .setPipelineOptions(options)
                              .build()));
      assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(refused.getDescription()).contains("cannot be started").contains("keyGroups");
    }
  }
}
