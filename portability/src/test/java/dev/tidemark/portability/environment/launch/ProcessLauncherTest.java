package dev.tidemark.portability.environment.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.environment.LaunchedWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ProcessLauncherTest {
  private final Path folder;

  ProcessLauncherTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static RunnerApi.Environment environment(String command) {
    return LaunchFixture.environment(
        ProcessLauncher.URN,
        RunnerApi.ProcessPayload.newBuilder()
            .setCommand(command)
            .putEnv("GREETING", "hello")
            .build());
  }

  @Test
  void theCommandGetsWhatContainersGet() throws Exception {
    Path boot =
        LaunchFixture.script(
            folder.resolve("boot"), "for a; do echo \"$a\"; done; echo $GREETING $SECRET; pwd\n");
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      LaunchedWorker worker =
          new ProcessLauncher(fixture.workers, LaunchSettings.ANY_COMMAND)
              .start(fixture.start(environment(boot.toString())));
      assertThat(worker.ended().get()).startsWith(boot + " ended with status 0");
      String own = fixture.log.output.get(7);
      assertThat(fixture.log.output)
          .containsExactly(
              "--id=id-1",
              "--logging_endpoint=localhost:4711",
              "--artifact_endpoint=localhost:4711",
              "--provision_endpoint=localhost:4711",
              "--control_endpoint=localhost:4711",
              "--semi_persist_dir=" + own,
              "hello",
              own);
      assertThat(Path.of(own)).hasParentRaw(fixture.work).doesNotExist();
      worker.close();
      assertThat(fixture.work).isEmptyDirectory();
    }
  }

  @Test
  void aWorkerThatRunsIsEndedAndItsFolderGoes() throws Exception {
    Path boot = LaunchFixture.script(folder.resolve("boot"), "echo up > up; exec sleep 1000\n");
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      LaunchedWorker worker =
          new ProcessLauncher(fixture.workers, LaunchSettings.ANY_COMMAND)
              .start(fixture.start(environment(boot.toString())));
      worker.close();
      assertThat(worker.ended().get()).contains("was killed by signal 15");
      assertThat(fixture.work).isEmptyDirectory();
    }
  }

  @Test
  void itsFolderIsItsOwners() throws Exception {
    Path boot = LaunchFixture.script(folder.resolve("boot"), "ls -ld . tmp\n");
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      new ProcessLauncher(fixture.workers, LaunchSettings.ANY_COMMAND)
          .start(fixture.start(environment(boot.toString())))
          .ended()
          .get();
      assertThat(fixture.log.output).hasSize(2).allMatch(line -> line.startsWith("drwx------"));
    }
  }

  @Test
  void onlyCommandsOnTheListRun() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      ProcessLauncher launcher = new ProcessLauncher(fixture.workers, List.of("/opt/*/boot"));
      assertThat(launcher.problem(environment("/opt/python/boot"))).isNull();
      assertThat(launcher.problem(environment("/opt/boot")))
          .contains("/opt/boot", "--allow-command=");
      assertThat(launcher.problem(environment(" "))).contains("names no command");
      assertThat(new ProcessLauncher(fixture.workers, List.of()).problem(environment("x")))
          .contains("not on this server's list");
    }
  }

  @Test
  void theGoWorkerIsTheStagedProgram() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      fixture.stage("data", LaunchFixture.STAGED, "no program");
      fixture.stage(
          "worker",
          "beam:artifact:role:go_worker_binary:v1",
          "#!/bin/sh\nfor a; do echo \"$a\"; done; echo $RUNNER_CAPABILITIES; echo $STATUS_ENDPOINT\n");
      LaunchedWorker worker =
          new GoLauncher(fixture.workers)
              .start(fixture.start(LaunchFixture.image("apache/beam_go_sdk:2.70.0")));
      assertThat(worker.ended().get()).startsWith("the Go worker ended with status 0");
      assertThat(fixture.log.output)
          .contains(
              "--worker=true",
              "--id=id-1",
              "--control_endpoint=localhost:4711",
              "--options={\"beam:option:job_name:v1\":\"it\\u0027s\"}",
              "runner:a:v1 runner:b:v1",
              "localhost:4711");
      assertThat(Files.isExecutable(fixture.artifacts.get(1).content())).isFalse();
    }
  }
}
