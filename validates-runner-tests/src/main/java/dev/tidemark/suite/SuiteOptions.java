package dev.tidemark.suite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What to run and how. Immutable.
 *
 * @param runner the runner's name as {@code --runner} takes it
 * @param pipelineOptions further options of every pipeline, such as {@code --parallelism=1}
 * @param only patterns of tests, empty for all: a part of the class name, or {@code Class#method}
 * @param kind the only kind to run, if given
 * @param excluded how to treat the exclusions file
 * @param exclusions the exclusions file
 * @param jvms how many JVMs run at a time
 * @param heap the heap of a JVM, as {@code -Xmx} takes it
 * @param limit the time a test may take
 * @param output the directory for results and logs
 * @param list whether the tests are only to be listed
 */
public record SuiteOptions(
    String runner,
    List<String> pipelineOptions,
    List<String> only,
    Optional<Kind> kind,
    Excluded excluded,
    Path exclusions,
    int jvms,
    String heap,
    Duration limit,
    Path output,
    boolean list) {

  /** Which side of the exclusions file runs. */
  public enum Excluded {
    /** Tests of the file are skipped. */
    SKIP,
    /** Only tests of the file run: to find those that have come to pass. */
    ONLY,
    /** The file is not looked at. */
    RUN
  }

  /** Copies the lists. */
  public SuiteOptions {
    pipelineOptions = List.copyOf(pipelineOptions);
    only = List.copyOf(only);
  }

  /** How the command line is used. */
  public static final String USAGE =
      """
      Usage: suite [options] [test...]
        test               a class or a part of its name, or Class#method; default: all
        --runner=NAME      the runner under test (TestTidemarkRunner)
        --options=TEXT     further pipeline options, separated by spaces
        --kind=KIND        only ValidatesRunner or only NeedsRunner
        --excluded=HOW     skip (default), only or run the tests of the exclusions file
        --exclusions=FILE  the exclusions file (validates-runner-tests/exclusions.txt)
        --jvms=N           JVMs at a time (2)
        --heap=SIZE        heap of each (4g)
        --timeout=SECONDS  limit of a test (300)
        --output=DIR       results and logs (validates-runner-tests/target/suite)
        --list             runs nothing, prints the tests as KIND/CLASS#METHOD
      """;

  /**
   * Reads the command line.
   *
   * @param module the directory of this module, for the defaults of files
   * @throws IllegalArgumentException for an unknown option or a bad value
   */
  public static SuiteOptions parse(List<String> arguments, Path module) {
    String runner = "TestTidemarkRunner";
    List<String> pipelineOptions = new ArrayList<>();
    List<String> only = new ArrayList<>();
    Optional<Kind> kind = Optional.empty();
    Excluded excluded = Excluded.SKIP;
    Path exclusions = module.resolve("exclusions.txt");
    int jvms = 2;
    String heap = "4g";
    Duration limit = Duration.ofMinutes(5);
    Path output = module.resolve("target").resolve("suite");
    boolean list = false;
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--")) {
        only.add(argument);
        continue;
      }
      String name = equals < 0 ? argument : argument.substring(0, equals);
      String value = equals < 0 ? "" : argument.substring(equals + 1);
      switch (name) {
        case "--runner" -> runner = value;
        case "--options" ->
            pipelineOptions.addAll(
                List.of(value.split("\\s+")).stream().filter(each -> !each.isEmpty()).toList());
        case "--kind" -> kind = Optional.of(Kind.of(value));
        case "--excluded" -> excluded = Excluded.valueOf(value.toUpperCase(java.util.Locale.ROOT));
        case "--exclusions" -> exclusions = Path.of(value);
        case "--jvms" -> jvms = Integer.parseInt(value);
        case "--heap" -> heap = value;
        case "--timeout" -> limit = Duration.ofSeconds(Long.parseLong(value));
        case "--output" -> output = Path.of(value);
        case "--list" -> list = true;
        default -> throw new IllegalArgumentException("Unknown option " + argument + "\n" + USAGE);
      }
    }
    return new SuiteOptions(
        runner, pipelineOptions, only, kind, excluded, exclusions, jvms, heap, limit, output, list);
  }

  /** Whether {@code test} is among those asked for, the exclusions file apart. */
  public boolean selects(SuiteTest test) {
    if (kind.isPresent() && kind.get() != test.kind()) {
      return false;
    }
    return only.isEmpty() || only.stream().anyMatch(pattern -> matches(pattern, test.id()));
  }

  private static boolean matches(String pattern, TestId id) {
    int hash = pattern.indexOf('#');
    if (hash < 0) {
      return id.className().contains(pattern);
    }
    String method = pattern.substring(hash + 1);
    return id.className().contains(pattern.substring(0, hash))
        && (id.method().equals(method) || id.plainMethod().equals(method));
  }
}
