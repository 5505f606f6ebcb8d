package dev.tidemark.runner.job.launch;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command line of {@code ./run}: writes the command of the JVM to start into a file, its parts
 * each ended by a zero byte.
 *
 * <p>Exit status 0: the file holds a command; 2: what the user asked for cannot be; 3: help was
 * asked for, and printed.
 */
@Command(
    name = "./run",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "./run",
      "       ./run [-cp <path>] [-J<option>]... <jar> [<main class>] [<options of the pipeline>...]"
    },
    description = {
      "",
      "Without arguments: counts the words of the text that comes with Tidemark.",
      "Else: runs the pipeline in <jar> on Tidemark, unchanged, in a JVM of its own.",
      ""
    },
    optionListHeading = "Options:%n",
    parameterListHeading = "",
    footer = {
      "",
      "Exit status: 0 when the job is done, 1 when it failed, 2 when it could not be started.",
      "All options of pipelines: ./run <jar> <main class> --help=TidemarkOptions"
    },
    sortOptions = false)
public final class Launcher implements Callable<Integer> {
  static final int USAGE = 2;
  private static final int HELP = 3;

  @Option(
      names = {"-cp", "--class-path"},
      paramLabel = "<path>",
      description = "Where the jar's dependencies are, if it does not hold or name them.")
  private String extraClassPath = "";

  @Option(
      names = "-J",
      paramLabel = "<option>",
      description = "An option for the JVM, as in -J-Xmx4g.")
  private List<String> jvmOptions = new ArrayList<>();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this.")
  private boolean help;

  @Option(names = "--plan", hidden = true, required = true)
  private @Nullable Path plan;

  @Option(names = "--logging", hidden = true)
  private String logging = "";

  @Parameters(hidden = true)
  private List<String> words = new ArrayList<>();

  private final String ownClassPath;
  private final PrintStream errors;

  private final @Nullable ClassArchive archive;

  Launcher(String ownClassPath, PrintStream errors, @Nullable ClassArchive archive) {
    this.ownClassPath = ownClassPath;
    this.errors = errors;
    this.archive = archive;
  }

  /** Called by {@code ./run}. */
  public static void main(String[] arguments) {
    System.exit(
        run(
            System.getProperty("java.class.path"),
            System.out,
            System.err,
            ClassArchive.ofUser(System.getenv()),
            arguments));
  }

  static int run(
      String ownClassPath,
      PrintStream out,
      PrintStream errors,
      @Nullable ClassArchive archive,
      String... arguments) {
    CommandLine line =
        new CommandLine(new Launcher(ownClassPath, errors, archive))
            .setStopAtPositional(true)
            .setUsageHelpWidth(100)
            .setExitCodeExceptionMapper(thrown -> USAGE)
            .setOut(new PrintWriter(out, true, Charset.defaultCharset()))
            .setParameterExceptionHandler(
                (exception, given) -> {
                  errors.println("error: " + exception.getMessage() + " (see ./run --help)");
                  return USAGE;
                });
    int status = line.execute(arguments);
    return line.isUsageHelpRequested() ? HELP : status;
  }

  @Override
  public Integer call() throws IOException {
    try {
      LaunchPlan launch = LaunchPlan.of(request());
      for (String warning : launch.warnings()) {
        errors.println("warning: " + warning);
      }
      if (plan != null) {
        Files.writeString(
            plan, String.join("\0", launch.command()) + "\0", Charset.defaultCharset());
      }
      return 0;
    } catch (UsageException e) {
      errors.println("error: " + e.getMessage());
      return USAGE;
    }
  }

  private LaunchPlan.Request request() throws UsageException {
    if (words.isEmpty()) {
      throw new UsageException("which jar? (see ./run --help)");
    }
    try {
      return new LaunchPlan.Request(
          Path.of(System.getProperty("java.home"), "bin", "java"),
          Runtime.version().feature(),
          ownClassPath,
          logging,
          jvmOptions,
          extraClassPath,
          Path.of(words.get(0)),
          List.copyOf(words.subList(1, words.size())),
          archive);
    } catch (InvalidPathException e) {
      throw new UsageException("\"" + words.get(0) + "\" is no name of a file.");
    }
  }
}
