package dev.tidemark.portability.environment.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.environment.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With an interpreter that makes environments of itself and notes what it was asked to install. */
@Timeout(60)
final class VirtualEnvironmentsTest {
  private static final PythonImage IMAGE = PythonImage.of("apache/beam_python3.99_sdk:2.70.0");

  private final Path folder;
  private final Path calls;

  VirtualEnvironmentsTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    calls = folder.resolve("calls");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    LaunchFixture.script(
        bin.resolve("python3.99"),
        """
        if [ "$2" = venv ]; then
          mkdir -p "$3/bin"
          cp "$0" "$3/bin/python"
          echo venv >> CALLS
        else
          [ ! -e FAIL ] || { echo "no matching distribution"; exit 1; }
          for last; do :; done
          echo "${last##*/}" >> CALLS
        fi
        """
            .replace("CALLS", "'" + calls + "'")
            .replace("FAIL", "'" + folder.resolve("fail") + "'"));
  }

  private VirtualEnvironments venvs(String extras) {
    return new VirtualEnvironments(
        folder.resolve("cache"),
        LaunchFixture.variables(folder.resolve("bin") + ":/usr/bin:/bin"),
        extras);
  }

  private static void stagePackages(LaunchFixture fixture) throws Exception {
    fixture.stage("pickled_main_session", LaunchFixture.STAGED, "differs" + System.nanoTime());
    fixture.stage("workflow.tar.gz", LaunchFixture.STAGED, "mine");
    fixture.stage("extra_packages.txt", LaunchFixture.STAGED, "extra-1.0.whl\n../evil\n");
    fixture.stage("extra-1.0.whl", LaunchFixture.STAGED, "extra");
    fixture.stage("requirements.txt", LaunchFixture.STAGED, "numpy");
  }

  @Test
  void thePackagesAreInstalledOnceInOrder() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      stagePackages(fixture);
      Path python = venvs("gcp").prepare(IMAGE, fixture.artifacts, fixture.job());
      assertThat(python).isExecutable();
      assertThat(calls)
          .content()
          .isEqualTo(
              "venv\napache-beam[gcp]==2.70.0\nrequirements.txt\nextra-1.0.whl\nextra-1.0.whl\nworkflow.tar.gz\n");
      assertThat(fixture.log.progress).hasSize(2).first().asString().contains("takes minutes");

      fixture.artifacts.clear();
      stagePackages(new LaunchFixture(Files.createDirectory(folder.resolve("again"))));
      stagePackages(fixture);
      assertThat(venvs("gcp").prepare(IMAGE, fixture.artifacts, fixture.job())).isEqualTo(python);
      assertThat(calls).content().hasLineCount(6);
      assertThat(venvs("").prepare(IMAGE, fixture.artifacts, fixture.job())).isNotEqualTo(python);
    }
  }

  @Test
  void manyJobsAtOnceMakeOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      VirtualEnvironments shared = venvs("");
      Callable<Path> job = () -> shared.prepare(IMAGE, List.of(), fixture.job());
      Callable<Path> server = () -> venvs("").prepare(IMAGE, List.of(), fixture.job());
      for (Future<Path> made :
          threads.invokeAll(List.of(job, server, job, server, job, server, job, server))) {
        assertThat(made.get()).isExecutable();
      }
      assertThat(calls).hasContent("venv\napache-beam==2.70.0\n");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFailureSaysWhyAndIsNotKept() throws Exception {
    Files.createFile(folder.resolve("fail"));
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      VirtualEnvironments venvs = venvs("");
      assertThatThrownBy(() -> venvs.prepare(IMAGE, List.of(), fixture.job()))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("pip install apache-beam==2.70.0 ended with status 1")
          .hasMessageContaining("no matching distribution");
      Files.delete(folder.resolve("fail"));
      assertThat(venvs.prepare(IMAGE, List.of(), fixture.job())).isExecutable();
    }
  }

  @Test
  void aStagedSdkTakesThePlaceOfTheReleasedOne() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      fixture.stage("dataflow_python_sdk.tar", LaunchFixture.STAGED, "sdk");
      venvs("").prepare(IMAGE, fixture.artifacts, fixture.job());
      assertThat(calls).hasContent("venv\ndataflow_python_sdk.tar\n");
    }
  }

  @Test
  void anInterpreterThatIsNotThereIsNamed() {
    assertThat(venvs("").problem(IMAGE)).isNull();
    assertThat(venvs("").problem(PythonImage.of("apache/beam_python3.98_sdk:2.70.0")))
        .contains("no python3.98", "--image=");
  }

  @Test
  void anImageThatNamesNoVersionIsRefused() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      assertThatThrownBy(
              () ->
                  venvs("")
                      .prepare(
                          PythonImage.of("apache/beam_python3.99_sdk:latest"),
                          List.of(),
                          fixture.job()))
          .hasMessageContaining("which version of Beam");
    }
  }
}
