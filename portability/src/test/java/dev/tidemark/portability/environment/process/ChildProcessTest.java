package dev.tidemark.portability.environment.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: a worker and its helpers must be gone when they should, whatever they do. */
@Timeout(60)
final class ChildProcessTest {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Path folder;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  ChildProcessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ChildCommand shell(String script) {
    return new ChildCommand(
        "script",
        List.of("/bin/sh", "-c", script),
        Map.of("PATH", "/usr/bin:/bin", "GREETING", "it's \"me\""),
        folder,
        null);
  }

  private ChildProcess start(String script) throws IOException {
    return ChildProcess.start(shell(script), GRACE, lines::add);
  }

  private long readPid() throws InterruptedException {
    return Long.parseLong(lines.take());
  }

  private static void awaitGone(long pid) throws Exception {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isPresent()) {
      process.get().onExit().get(20, SECONDS);
    }
  }

  @Test
  void itsStatusAndLastWordsAreKnown() throws Exception {
    try (ChildProcess child = start("echo out; echo err >&2; exit 3")) {
      assertThat(child.ended().get()).isEqualTo(3);
      assertThat(child.lastWords()).isEqualTo("out\nerr");
      assertThat(child.describe(3)).isEqualTo("script ended with status 3");
    }
  }

  @Test
  void aProcessKilledFromOutsideSaysSo() throws Exception {
    try (ChildProcess child = start("kill -KILL $$")) {
      assertThat(child.describe(child.ended().get())).isEqualTo("script was killed by signal 9");
    }
  }

  @Test
  void aProgramThatIsNotThereEndsWithItsName() throws Exception {
    ChildCommand command =
        new ChildCommand("ghost", List.of("/no/such/program"), Map.of(), folder, null);
    try (ChildProcess child = ChildProcess.start(command, GRACE, lines::add)) {
      assertThat(child.ended().get()).isEqualTo(127);
      assertThat(child.lastWords()).contains("/no/such/program");
    }
  }

  @Test
  void itSeesOnlyTheVariablesItWasGiven() throws Exception {
    try (ChildProcess child = start("env")) {
      assertThat(child.ended().get()).isZero();
      assertThat(lines)
          .contains("GREETING=it's \"me\"")
          .allMatch(line -> line.matches("(GREETING|PATH|PWD|OLDPWD|SHLVL|_)=.*"));
    }
  }

  @Test
  void argumentsReachTheProgramAsTheyAre() throws Exception {
    ChildCommand command =
        new ChildCommand(
            "printf",
            List.of("/usr/bin/printf", "%s\\n", "a b", "$HOME", "'x'", ""),
            Map.of("PATH", "/usr/bin:/bin"),
            folder,
            null);
    try (ChildProcess child = ChildProcess.start(command, GRACE, lines::add)) {
      assertThat(child.ended().get()).isZero();
      assertThat(lines).containsExactly("a b", "$HOME", "'x'", "");
    }
  }

  @Test
  void closeAsksFirst() throws Exception {
    try (ChildProcess child =
        start("trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.05; done")) {
      assertThat(lines.take()).isEqualTo("ready");
      child.close();
      assertThat(child.ended().get()).isZero();
      assertThat(child.lastWords()).endsWith("asked");
    }
  }

  @Test
  void anEndThatComesAtOnceIsNotMissed() throws Exception {
    List<ChildProcess> children = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ChildProcess child =
          ChildProcess.start(shell("exec sleep 1000"), Duration.ofSeconds(30), lines::add);
      child.requestEnd();
      children.add(child);
    }
    for (ChildProcess child : children) {
      assertThat(child.describe(child.ended().get())).isEqualTo("script was killed by signal 15");
    }
  }

  @Test
  void oneThatWillNotEndIsKilledWithItsHelpers() throws Exception {
    try (ChildProcess child =
        start("trap '' TERM; sleep 1000 & echo $!; echo $$; while :; do sleep 0.05; done")) {
      long helper = readPid();
      long worker = readPid();
      child.close();
      assertThat(child.ended().get()).isEqualTo(137);
      awaitGone(helper);
      awaitGone(worker);
    }
  }

  @Test
  void helpersGoWhenTheProcessEndsByItself() throws Exception {
    try (ChildProcess child = start("sleep 1000 & echo $!; exit 0")) {
      long helper = readPid();
      assertThat(child.ended().get()).isZero();
      awaitGone(helper);
    }
  }

  @Test
  void itsFolderGoesWithIt() throws Exception {
    Path own = PrivateFolder.create(folder, "worker-");
    Files.writeString(own.resolve("file with space"), "x");
    ChildCommand command =
        new ChildCommand("true", List.of("/bin/sh", "-c", "exit 0"), Map.of(), own, own);
    try (ChildProcess child = ChildProcess.start(command, GRACE, lines::add)) {
      assertThat(child.ended().get()).isZero();
      assertThat(own).doesNotExist();
    }
  }

  @Test
  void outputWithoutLinesFillsNoMemory() throws Exception {
    try (ChildProcess child = start("head -c 3000000 /dev/zero | tr '\\0' 'x'")) {
      assertThat(child.ended().get()).isZero();
      assertThat(lines).hasSizeBetween(180, 190);
      assertThat(child.lastWords().length()).isLessThan(40_000);
    }
  }

  @Test
  void theEndOfAJobEndsAllOfItsProcesses() throws Exception {
    ChildProcesses processes = new ChildProcesses(GRACE);
    for (int i = 0; i < 3; i++) {
      processes.start(shell("echo $$; exec sleep 1000"), lines::add);
    }
    long[] pids = {readPid(), readPid(), readPid()};
    processes.close();
    for (long pid : pids) {
      assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }
    assertThat(catchThrowable(() -> processes.start(shell("exit 0"), lines::add)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the job has ended");
  }
}
