package dev.tidemark.portability.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.directory.StateHome;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateCommandTest {
  private final StateHome home;
  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  StateCommandTest(@TempDir Path folder) {
    this.home = new StateHome(folder.resolve("jobs"));
  }

  @Test
  void listsAndRemoves() {
    home.create("words").close();
    try (StateDirectory used = home.create("clicks")) {
      assertThat(run("list")).isEqualTo(0);
      assertThat(out.toString())
          .contains("State directories in " + home.folder() + ": 2")
          .containsPattern("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +\\d+\\.0 B   in use  job-clicks\n")
          .containsPattern("B {11}job-words\n");
      assertThat(run("remove", "job-words", "job-clicks")).isEqualTo(2);
      assertThat(errors.toString())
          .isEqualTo(
              "error: "
                  + used.path()
                  + " is in use by another job of this process: two jobs cannot share their state."
                  + " End that job first, or name another directory by --stateDir.\n");
      assertThat(home.list()).extracting(StateHome.Entry::name).containsExactly("job-clicks");
    }
  }

  @Test
  void looksIntoTheFolderOfAServer() {
    StateHome other = new StateHome(home.folder().resolveSibling("server"));
    StateDirectory.open(other.directory("clicks")).close();
    assertThat(run("--state-home=" + other.folder(), "list")).isEqualTo(0);
    assertThat(run("list", "--state-home=" + other.folder())).isEqualTo(0);
    assertThat(out.toString().split(" clicks\n", -1)).hasSize(3);
    assertThat(run("snapshot", "list", "clicks", "--state-home=" + other.folder())).isEqualTo(0);
    assertThat(run("remove", "clicks", "--state-home=" + other.folder())).isEqualTo(0);
    assertThat(other.list()).isEmpty();
  }

  @Test
  void takesListsAndRemovesSnapshots() {
    try (StateDirectory directory = home.create("words")) {
      RocksStateStore.open(directory.store(), RocksStateStore.DEFAULT_MEMORY_BYTES).close();
    }
    home.create("empty").close();
    assertThat(run("snapshot", "take", "job-empty", "monday")).isEqualTo(2);
    assertThat(errors.toString()).contains("job-empty has no state yet");
    assertThat(run("snapshot", "take", "job-words", "monday")).isEqualTo(0);
    Path snapshot = home.folder().resolve("job-words").resolve("snapshots").resolve("monday");
    assertThat(out.toString()).isEqualTo(snapshot + "\n");
    assertThat(run("snapshot", "list", home.folder().resolve("job-words").toString())).isEqualTo(0);
    assertThat(out.toString()).endsWith(" " + snapshot + "\n").contains("kB");
    assertThat(run("snapshot", "remove", "job-words", "monday")).isEqualTo(0);
    assertThat(snapshot).doesNotExist();
    assertThat(run("snapshot", "remove", "job-words", "monday")).isEqualTo(2);
    assertThat(errors.toString()).contains("has no snapshot \"monday\"");
    assertThat(run("snapshot", "take", "job-other", "monday")).isEqualTo(2);
    assertThat(errors.toString()).contains("no state directory");
    assertThat(Path.of("job-other")).doesNotExist();
  }

  @Test
  void asksTheJobThatUsesADirectoryForASnapshot() throws Exception {
    try (StateDirectory used = home.create("clicks")) {
      assertThat(run("snapshot", "take", "--timeout-seconds=0", "job-clicks", "monday"))
          .isEqualTo(2);
      assertThat(errors.toString()).contains("the job has not answered within 0 ms");
      AtomicBoolean ended = new AtomicBoolean();
      Thread job =
          new Thread(
              () -> {
                while (!ended.get()) {
                  StateDirectory.snapshotRequests(used.path())
                      .answer(System::currentTimeMillis, name -> Path.of("/copies", name));
                }
              });
      job.start();
      assertThat(run("snapshot", "take", "job-clicks", "monday")).isEqualTo(0);
      ended.set(true);
      job.join();
      assertThat(out.toString()).isEqualTo("/copies/monday\n");
    }
  }

  @Test
  void saysWhatItCanDo() {
    assertThat(run()).isEqualTo(2);
    assertThat(errors.toString()).contains("list").contains("remove");
    assertThat(run("remove")).isEqualTo(2);
    assertThat(run("remove", "none")).isEqualTo(2);
    assertThat(errors.toString()).contains("has no state directory \"none\"");
  }

  private int run(String... arguments) {
    return StateCommand.of(home)
        .setExecutionExceptionHandler(Tidemark::explain)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(errors, true))
        .execute(arguments);
  }
}
