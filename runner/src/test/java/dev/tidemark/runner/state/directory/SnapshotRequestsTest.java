package dev.tidemark.runner.state.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotRequestsTest {
  private final Path folder;
  private final SnapshotRequests requests;
  private final List<String> taken = new ArrayList<>();
  private long now = 1_000;

  SnapshotRequestsTest(@TempDir Path directory) {
    this.folder = directory.resolve("requests");
    this.requests = new SnapshotRequests(folder);
  }

  private Path take(String name) {
    if (name.equals("taken")) {
      throw new StateException("there is one already", null);
    }
    taken.add(name);
    return Path.of("/snapshots/" + name);
  }

  private void answer() {
    requests.answer(() -> now, this::take);
  }

  private Path ask(String name, SnapshotRequests.Pause pause) throws InterruptedException {
    return requests.ask(name, 500, () -> now, pause);
  }

  @Test
  void theJobAnswersOnce() throws Exception {
    answer();
    assertThat(ask("monday", this::answer)).isEqualTo(Path.of("/snapshots/monday"));
    answer();
    assertThat(taken).containsExactly("monday");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theJobMayRefuse() {
    assertThatThrownBy(() -> ask("taken", this::answer))
        .isInstanceOf(StateException.class)
        .hasMessage("the job takes no snapshot: there is one already");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whoIsNotAnsweredInTimeWithdraws() {
    assertThatThrownBy(() -> ask("monday", () -> now += 100))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("has not answered within 500 ms, and no snapshot was taken");
    assertThat(now).isEqualTo(1_500);
    answer();
    assertThat(taken).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aRequestOfAProcessThatWasKilledIsNotGranted() throws Exception {
    assertThatThrownBy(
            () ->
                ask(
                    "monday",
                    () -> {
                      throw new InterruptedException("killed");
                    }))
        .isInstanceOf(InterruptedException.class);
    now += 501;
    answer();
    assertThat(taken).isEmpty();
    // The answer is for nobody.
    requests.tidy();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSnapshotThatHasBegunIsWaitedFor() throws Exception {
    Path snapshot =
        ask(
            "monday",
            () -> {
              now += 499;
              requests.answer(
                  () -> now,
                  name -> {
                    now += 10_000;
                    return take(name);
                  });
            });
    assertThat(snapshot).isEqualTo(Path.of("/snapshots/monday"));
  }

  @Test
  void whatIsNoRequestIsAnError() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("odd.request"), "");
    answer();
    assertThat(folder.resolve("odd.answer")).content().startsWith("failed ");
    assertThat(taken).isEmpty();
  }
}
