package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.TestLog;
import dev.tidemark.portability.environment.WorkerEndpoints;
import dev.tidemark.portability.environment.WorkerStart;
import dev.tidemark.portability.environment.process.ChildProcesses;
import dev.tidemark.portability.environment.process.ChildVariables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Message;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/** A job with staged files, in a folder of a test. */
final class LaunchFixture implements AutoCloseable {
  static final String STAGED = "beam:artifact:role:staging_to:v1";

  final TestLog log = new TestLog();
  final ChildProcesses processes = new ChildProcesses(Duration.ofSeconds(5));
  final List<StagedFile> artifacts = new ArrayList<>();
  final Path work;
  final WorkerProcesses workers;
  private final Path store;

  LaunchFixture(Path folder) throws IOException {
    this.work = folder.resolve("work");
    this.store = Files.createDirectory(folder.resolve("store"));
    this.workers = new WorkerProcesses(work, variables("/usr/bin:/bin"));
  }

  static ChildVariables variables(String path) {
    return new ChildVariables(Map.of("PATH", path, "SECRET", "s3cret"), Set.of());
  }

  /** Stages a file. */
  void stage(String name, String role, String content) throws IOException {
    Path file = Files.writeString(store.resolve("content-" + artifacts.size()), content);
    artifacts.add(new StagedFile(name, role, file, Integer.toHexString(content.hashCode())));
  }

  /** Stages a file that is there. */
  void stage(String name, Path file) {
    artifacts.add(new StagedFile(name, STAGED, file, name));
  }

  LaunchJob job() {
    return new LaunchJob(
        "job-1",
        Struct.newBuilder()
            .putFields("beam:option:job_name:v1", Value.newBuilder().setStringValue("it's").build())
            .build(),
        environmentId -> artifacts,
        List.of("runner:a:v1", "runner:b:v1"),
        log,
        processes);
  }

  WorkerStart start(RunnerApi.Environment environment) {
    return new WorkerStart(
        job(), "env", environment, "id-1", WorkerEndpoints.all("localhost:4711"));
  }

  static RunnerApi.Environment environment(String urn, Message payload) {
    return RunnerApi.Environment.newBuilder()
        .setUrn(urn)
        .setPayload(payload.toByteString())
        .build();
  }

  static RunnerApi.Environment image(String image) {
    return environment(
        "beam:env:docker:v1",
        RunnerApi.DockerPayload.newBuilder().setContainerImage(image).build());
  }

  /** Writes a program of the shell. */
  static Path script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable");
    }
    return file;
  }

  @Override
  public void close() {
    processes.close();
  }
}
