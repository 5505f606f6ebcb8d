package dev.tidemark.suite;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One run of the suite: find, select, run in worker JVMs, collect. Used by one thread, once. */
public final class SuiteRun {
  /** Where "String index out of range" became "Index out of bounds", among others. */
  private static final int FIRST_JDK_WITH_OTHER_WORDS = 21;

  private final Contract contract;
  private final SuiteOptions options;
  private final Exclusions exclusions;
  private final SpecialOptions specialOptions;
  private final String classPath;
  private final PrintStream console;

  /**
   * @param contract whose tests these are
   * @param options what to run
   * @param exclusions what not to run
   * @param specialOptions the options of single tests
   * @param classPath the class path of the worker JVMs: this module, the tests jars, the runner
   * @param console gets a line for each failure and now and then the count
   */
  public SuiteRun(
      Contract contract,
      SuiteOptions options,
      Exclusions exclusions,
      SpecialOptions specialOptions,
      String classPath,
      PrintStream console) {
    this.contract = contract;
    this.options = options;
    this.exclusions = thatApply(exclusions, Runtime.version().feature());
    this.specialOptions = specialOptions;
    this.classPath = classPath;
    this.console = console;
  }

  /** Those of the exclusions that count on this JDK, by its major version. */
  static Exclusions thatApply(Exclusions all, int jdk) {
    return jdk >= FIRST_JDK_WITH_OTHER_WORDS ? all : all.without(Exclusions.Mark.JDK);
  }

  /**
   * Runs those of {@code tests} that the options select.
   *
   * @return one result a test, sorted by name; tests not selected have none
   */
  public List<TestResult> run(List<SuiteTest> tests) throws IOException, InterruptedException {
    deleteOldLogs();
    List<TestResult> results = new ArrayList<>();
    Map<GroupKey, List<SuiteTest>> groups = new LinkedHashMap<>();
    for (SuiteTest test : tests) {
      if (!options.selects(test)) {
        continue;
      }
      var reason = exclusions.reasonFor(test.id());
      boolean skip = options.excluded() == SuiteOptions.Excluded.SKIP && reason.isPresent();
      boolean other = options.excluded() == SuiteOptions.Excluded.ONLY && reason.isEmpty();
      if (other) {
        continue;
      }
      if (test.ignored()) {
        results.add(new TestResult(test, Outcome.IGNORED, Duration.ZERO, "@Ignore"));
      } else if (skip) {
        results.add(
            new TestResult(test, Outcome.EXCLUDED, Duration.ZERO, reason.orElseThrow().toString()));
      } else {
        GroupKey key = new GroupKey(test.id().className(), pipelineOptions(test));
        groups.computeIfAbsent(key, any -> new ArrayList<>()).add(test);
      }
    }
    int total = groups.values().stream().mapToInt(List::size).sum();
    Progress progress = new Progress(total, results);
    new WorkerPool(options, command())
        .run(
            groups.entrySet().stream()
                .map(group -> new TestGroup(group.getValue(), group.getKey().pipelineOptions()))
                .toList(),
            progress);
    results.sort((one, other) -> one.test().id().compareTo(other.test().id()));
    return results;
  }

  private List<String> pipelineOptions(SuiteTest test) {
    List<String> all = new ArrayList<>(List.of("--runner=" + options.runner()));
    all.addAll(options.pipelineOptions());
    all.addAll(specialOptions.of(test.id()));
    return all;
  }

  private void deleteOldLogs() throws IOException {
    Path logs = logs();
    if (Files.isDirectory(logs)) {
      try (var files = Files.list(logs)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.delete(file);
        }
      }
    }
  }

  private Path logs() {
    return options.output().resolve("logs");
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.add("-Xmx" + options.heap());
    command.add("-XX:+UseParallelGC");
    command.add("-XX:TieredStopAtLevel=" + System.getProperty("suite.tier", "4"));
    // What Beam's own build opens for its tests on Java 17 and later.
    for (String opened :
        List.of("java.io", "java.lang", "java.lang.reflect", "java.nio", "java.util")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(classPath);
    command.add(WorkerMain.class.getName());
    command.add(Long.toString(options.limit().toMillis()));
    command.add(logs().toAbsolutePath().toString());
    return command;
  }

  /** What tests that run together share. */
  private record GroupKey(String className, List<String> pipelineOptions) {}

  /** Keeps and counts results and shows failures as they come. Thread-safe. */
  private final class Progress implements Consumer<TestResult> {
    private static final int STEP = 100;
    private final int total;
    private final List<TestResult> results;
    private int done;
    private int failed;

    Progress(int total, List<TestResult> results) {
      this.total = total;
      this.results = results;
    }

    @Override
    public synchronized void accept(TestResult result) {
      results.add(result);
      done++;
      if (result.outcome() == Outcome.FAILED) {
        failed++;
        console.println("FAILED " + result.test().id().shortName());
        console.println("       " + Causes.shorten(result.message(), 200));
      }
      if (done % STEP == 0) {
        console.println(done + " of " + total + " done, " + failed + " failed");
        save();
      }
    }

    /** So that a run that is broken off leaves what it has. */
    private void save() {
      try {
        Report.write(contract, List.copyOf(results), options.output());
      } catch (IOException e) {
        console.println("Cannot write results to " + options.output() + ": " + e.getMessage());
      }
    }
  }
}
