package dev.tidemark.portability.environment.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.process.ChildVariables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a stand-in for Docker's client that writes down what it is told. */
@Timeout(60)
final class DockerLauncherTest {
  private final Path folder;

  DockerLauncherTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** The images that are here are files in a folder; {@code acme/*} can be pulled. */
  private DockerLauncher launcher(LaunchFixture fixture) throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createDirectories(folder.resolve("images/acme"));
    LaunchFixture.script(
        bin.resolve("docker"),
        """
        cd '%s'
        echo "$1 $DOCKER_HOST $SECRET" >> calls
        for last; do :; done
        case $1 in
          image) test -e "images/$last" ;;
          pull)
            case $2 in
              acme/*) echo "pulling $2"; touch "images/$2" ;;
              *) echo "no such image: $2"; exit 1 ;;
            esac ;;
          run) for a; do echo "$a"; done ;;
        esac
        """
            .formatted(folder));
    Map<String, String> variables =
        Map.of("PATH", bin + ":/usr/bin:/bin", "DOCKER_HOST", "unix:///its", "SECRET", "s3cret");
    return new DockerLauncher(
        fixture.workers, new DockerEngine(new ChildVariables(variables, Set.of())));
  }

  @Test
  void anImageThatIsNotHereIsFetchedOnceAndTheJobIsTold() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      DockerLauncher launcher = launcher(fixture);
      for (int i = 0; i < 2; i++) {
        LaunchedWorker worker = launcher.start(fixture.start(LaunchFixture.image("acme/sdk:1")));
        assertThat(worker.ended().get()).startsWith("docker run ended with status 0");
        worker.close();
      }
      assertThat(Files.readAllLines(folder.resolve("calls")))
          .containsExactly(
              "image unix:///its ",
              "image unix:///its ",
              "pull unix:///its ",
              "run unix:///its ",
              "image unix:///its ",
              "run unix:///its ");
      assertThat(fixture.log.progress)
          .containsExactly(
              "Fetching the container image 'acme/sdk:1', which may take minutes.",
              "The container image 'acme/sdk:1' is here.");
      List<String> run =
          List.of(
              "run",
              "--rm",
              "--init",
              "--network=host",
              "--name=tidemark-id-1",
              "acme/sdk:1",
              "--id=id-1",
              "--logging_endpoint=localhost:4711",
              "--artifact_endpoint=localhost:4711",
              "--provision_endpoint=localhost:4711",
              "--control_endpoint=localhost:4711");
      assertThat(fixture.log.output).startsWith("pulling acme/sdk:1").containsSequence(run);
      assertThat(fixture.work).isEmptyDirectory();
    }
  }

  @Test
  void anImageThatCannotBeFetchedIsNamedWithTheReasonAndTheWayOut() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      DockerLauncher launcher = launcher(fixture);
      assertThatThrownBy(() -> launcher.start(fixture.start(LaunchFixture.image("nobodys/sdk:1"))))
          .isInstanceOf(LaunchException.class)
          .hasMessageContainingAll(
              "'nobodys/sdk:1'",
              "docker pull ended with status 1",
              "no such image: nobodys/sdk:1",
              "--image='nobodys/sdk:1=LAUNCHER'");
      assertThat(fixture.work).isEmptyDirectory();
    }
  }

  @Test
  void aNameThatIsAnOptionIsNoImage() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      assertThat(launcher(fixture).problem(LaunchFixture.image("--privileged")))
          .contains("'--privileged'", "no name of a container image");
    }
  }
}
