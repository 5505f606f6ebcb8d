package dev.tidemark.portability.server;

import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.StateHome;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of {@code ./tidemark}. Exit status 2: what was asked for cannot be. */
@Command(
    name = "./tidemark",
    description =
        "Runs Beam pipelines that other processes submit, and keeps house for durable jobs.",
    mixinStandardHelpOptions = true)
public final class Tidemark {
  private static final String CONFIG = "--config";

  private Tidemark() {}

  /** Runs a command; ends the process when it is done. */
  public static void main(String... arguments) {
    if (List.of(arguments).contains("serve")) {
      WarmUp.begin();
      OwnOptions.register();
    }
    System.exit(run(JobHost.harnesses(), arguments));
  }

  /** Runs a command, and returns the exit status. */
  static int run(JobHost host, String... arguments) {
    CommandLine serve = new CommandLine(new ServeCommand(host));
    CommandLine tidemark =
        new CommandLine(new Tidemark())
            .addSubcommand(serve)
            .addSubcommand(StateCommand.of(StateHome.ofUser()))
            .setExecutionExceptionHandler(Tidemark::explain);
    try {
      for (Path file : configurationFiles(List.of(arguments))) {
        serve.setDefaultValueProvider(ConfigurationFile.read(file, serve.getCommandSpec()));
      }
    } catch (InvalidServerOptionException e) {
      tidemark.getErr().println("error: " + e.getMessage());
      return 2;
    }
    return arguments.length == 0 ? usage(tidemark) : tidemark.execute(arguments);
  }

  /** What cannot be done to a state is no fault of the program. */
  static int explain(Exception failure, CommandLine command, CommandLine.ParseResult given)
      throws Exception {
    if (failure instanceof StateException) {
      command.getErr().println("error: " + failure.getMessage());
      return 2;
    }
    throw failure;
  }

  private static int usage(CommandLine command) {
    command.usage(command.getErr());
    return 2;
  }

  /** Has to be known before the command line is read, as it holds what that does not say. */
  private static List<Path> configurationFiles(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(CONFIG + "=")) {
        return List.of(Path.of(argument.substring(CONFIG.length() + 1)));
      }
      if (argument.equals(CONFIG) && i + 1 < arguments.size()) {
        return List.of(Path.of(arguments.get(i + 1)));
      }
    }
    return List.of();
  }
}
