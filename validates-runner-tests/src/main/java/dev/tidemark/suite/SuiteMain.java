package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The command line: runs the tests that the arguments select, prints the counts and ends with
 * status 0 if none failed, 1 if some did, 2 if the arguments were wrong.
 */
public final class SuiteMain {
  private SuiteMain() {}

  /** See {@link SuiteOptions#USAGE}; the system property {@code suite.module} is its directory. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(SuiteOptions.USAGE);
      return;
    }
    Path module = Path.of(System.getProperty("suite.module", "."));
    SuiteOptions options;
    Exclusions exclusions;
    SpecialOptions specialOptions;
    try {
      options = SuiteOptions.parse(List.of(arguments), module);
      exclusions = Exclusions.read(options.exclusions());
      specialOptions = SpecialOptions.of(module);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Contract contract = Contract.in(module);
    long started = System.nanoTime();
    List<SuiteTest> tests =
        TestList.cached(
            options.output().resolveSibling("suite-tests.tsv"),
            contract,
            SuiteMain.class.getClassLoader());
    if (options.list()) {
      tests.stream().filter(options::selects).forEach(SuiteMain::print);
      return;
    }
    String classPath = System.getProperty("java.class.path", "");
    List<TestResult> results =
        new SuiteRun(contract, options, exclusions, specialOptions, classPath, System.out)
            .run(tests);
    Report.write(contract, results, options.output());
    System.out.println();
    System.out.print(Causes.table(results));
    System.out.println(Report.summary(results));
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    System.out.println(
        "Took " + took.toSeconds() + " s; results, stack traces and logs: " + options.output());
    if (results.isEmpty()) {
      System.err.println("No test matches " + options.only());
    }
    System.exit(results.isEmpty() ? 2 : Counts.of(results).failed() > 0 ? 1 : 0);
  }

  private static void print(SuiteTest test) {
    System.out.println(test.kind().label() + "/" + test.id());
  }
}
