package dev.tidemark.portability.environment.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed cannot end its workers: the guard does. */
@Timeout(60)
final class ServerKilledTest {
  private final Path folder;

  ServerKilledTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Starts a worker, and says its process id and that of its helper. */
  static final class Server {
    private Server() {}

    public static void main(String[] args) throws Exception {
      Path own = PrivateFolder.create(Path.of(args[0]), "worker-");
      ChildCommand command =
          new ChildCommand(
              "worker",
              List.of("/bin/sh", "-c", "trap '' TERM; sleep 1000 & echo $! $$ $PWD; wait"),
              Map.of("PATH", "/usr/bin:/bin"),
              own,
              own);
      ChildProcess.start(command, Duration.ofSeconds(1), System.out::println).ended().get();
    }
  }

  @Test
  void workersEndWhenTheServerIsKilled() throws Exception {
    awaitEndOfWorkers(server(), Process::destroyForcibly);
  }

  @Test
  void workersEndWhenAllOfTheServersGroupIsKilled() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")));
    awaitEndOfWorkers(
        server("/usr/bin/setsid"),
        server ->
            new ProcessBuilder("/bin/sh", "-c", "kill -KILL -" + server.pid()).start().waitFor());
  }

  /** How it is killed. */
  @FunctionalInterface
  private interface End {
    void of(Process server) throws Exception;
  }

  private Process server(String... before) throws IOException {
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Server.class.getName(),
            folder.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void awaitEndOfWorkers(Process server, End end) throws Exception {
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      String[] said = String.valueOf(out.readLine()).split(" ", 3);
      ProcessHandle helper = ProcessHandle.of(Long.parseLong(said[0])).orElseThrow();
      ProcessHandle worker = ProcessHandle.of(Long.parseLong(said[1])).orElseThrow();
      List<ProcessHandle> guard = server.toHandle().children().toList();
      end.of(server);
      helper.onExit().get(20, SECONDS);
      worker.onExit().get(20, SECONDS);
      for (ProcessHandle one : guard) {
        one.onExit().get(20, SECONDS);
      }
      assertThat(guard).isNotEmpty();
      assertThat(Path.of(said[2])).doesNotExist();
    } finally {
      server.destroyForcibly();
    }
  }
}
