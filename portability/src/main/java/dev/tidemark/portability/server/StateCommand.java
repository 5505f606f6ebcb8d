package dev.tidemark.portability.server;

import dev.tidemark.runner.state.directory.StateHome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code tidemark state}: the state directories of jobs that were given no place for theirs. */
@Command(
    name = "state",
    description = "Lists and removes the state that durable jobs have left.",
    mixinStandardHelpOptions = true)
final class StateCommand implements Callable<Integer> {
  private static final int USAGE = 2;

  private final StateHome ofUser;

  @Option(
      names = "--state-home",
      paramLabel = "<folder>",
      scope = ScopeType.INHERIT,
      description =
          "The folder with the directories, as a server has it. Default: tidemark/jobs in the "
              + "user's data folder.")
  private @Nullable Path folder;

  @Spec private CommandSpec spec = CommandSpec.create();

  private StateCommand(StateHome ofUser) {
    this.ofUser = ofUser;
  }

  /**
   * The command with its subcommands.
   *
   * @param ofUser the folder, if the command line names no other
   */
  static CommandLine of(StateHome ofUser) {
    StateCommand command = new StateCommand(ofUser);
    return new CommandLine(command).addSubcommand(new SnapshotCommand(command::home));
  }

  private StateHome home() {
    return folder == null ? ofUser : new StateHome(folder.toAbsolutePath());
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return USAGE;
  }

  @Command(name = "list", description = "Lists state directories, those used last first.")
  void list() {
    PrintWriter out = spec.commandLine().getOut();
    StateHome home = home();
    List<StateHome.Entry> entries = home.list();
    out.println("State directories in " + home.folder() + ": " + entries.size());
    for (StateHome.Entry entry : entries) {
      String remark = entry.inUse() ? "in use" : "";
      out.println(StateListing.line(entry.lastUse(), entry.bytes(), remark) + entry.name());
    }
    out.flush();
  }

  @Command(name = "remove", description = "Removes state directories that no job uses, for good.")
  void remove(
      @Parameters(arity = "1..*", paramLabel = "<name>", description = "As list has them.")
          List<String> names) {
    names.forEach(home()::remove);
  }
}
