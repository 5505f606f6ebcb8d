package dev.tidemark.portability.server;

import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.Snapshots;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.directory.StateHome;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark state snapshot}: the snapshots in a state directory. */
@Command(
    name = "snapshot",
    description = "Lists, takes and removes snapshots; a job starts from one by --fromSnapshot.",
    mixinStandardHelpOptions = true)
final class SnapshotCommand implements Callable<Integer> {
  private static final int USAGE = 2;
  private static final long PAUSE_MILLIS = 20;

  private final Supplier<StateHome> home;

  @Spec private CommandSpec spec = CommandSpec.create();

  SnapshotCommand(Supplier<StateHome> home) {
    this.home = home;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return USAGE;
  }

  @Command(name = "list", description = "Lists the snapshots in a state directory.")
  void list(
      @Parameters(paramLabel = "<directory>", description = "A path, or a name in the list.")
          String directory) {
    PrintWriter out = spec.commandLine().getOut();
    Snapshots snapshots = StateDirectory.snapshots(home.get().find(directory));
    for (Snapshots.Snapshot snapshot : snapshots.list()) {
      out.println(
          StateListing.line(snapshot.taken(), snapshot.bytes(), "")
              + snapshots.folder().resolve(snapshot.name()));
    }
    out.flush();
  }

  @Command(
      name = "take",
      description =
          "Takes a snapshot of the state of a job. One that runs on this machine takes it between "
              + "two commits, and goes on.")
  void take(
      @Parameters(paramLabel = "<directory>", description = "A path, or a name in the list.")
          String directory,
      @Parameters(paramLabel = "<name>", description = "Letters, digits, _, . and -.") String name,
      @Option(
              names = "--timeout-seconds",
              defaultValue = "60",
              paramLabel = "<seconds>",
              description = "How long a running job may take. Default: 60.")
          int timeoutSeconds)
      throws InterruptedException {
    Path path = home.get().find(directory);
    Path snapshot =
        StateDirectory.isInUse(path)
            ? StateDirectory.snapshotRequests(path)
                .ask(
                    name,
                    TimeUnit.SECONDS.toMillis(timeoutSeconds),
                    System::currentTimeMillis,
                    () -> Thread.sleep(PAUSE_MILLIS))
            : take(path, name);
    PrintWriter out = spec.commandLine().getOut();
    out.println(snapshot);
    out.flush();
  }

  private static Path take(Path path, String name) {
    try (StateDirectory opened = StateDirectory.open(path)) {
      if (!opened.hasStore()) {
        throw new StateException(path + " has no state yet", null);
      }
      try (RocksStateStore store =
          RocksStateStore.open(opened.store(), RocksStateStore.DEFAULT_MEMORY_BYTES)) {
        return opened.snapshots().take(name, store::copyTo);
      }
    }
  }

  @Command(name = "remove", description = "Removes snapshots, for good.")
  void remove(
      @Parameters(paramLabel = "<directory>", description = "A path, or a name in the list.")
          String directory,
      @Parameters(arity = "1..*", paramLabel = "<name>", description = "As list has them.")
          List<String> names) {
    names.forEach(StateDirectory.snapshots(home.get().find(directory))::remove);
  }
}
