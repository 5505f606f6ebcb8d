package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes results to files and counts them. Stateless. */
public final class Report {
  private Report() {}

  /**
   * Writes {@code suite-results.tsv} (a line a test), {@code suite-groups.tsv} (a line a {@link
   * GroupResult}) and, with all stack traces, {@code suite-failures.txt} and {@code
   * suite-causes.txt} into {@code directory}.
   */
  public static void write(Contract contract, List<TestResult> results, Path directory)
      throws IOException {
    Files.createDirectories(directory);
    StringBuilder table = new StringBuilder("class\tmethod\tkind\toutcome\tseconds\tmessage\n");
    StringBuilder failures = new StringBuilder();
    for (TestResult result : results) {
      TestId id = result.test().id();
      String seconds = String.format(Locale.ROOT, "%.2f", result.duration().toMillis() / 1000.0);
      String message = Causes.shorten(oneField(result.message()), 500);
      table.append(
          String.join(
              "\t",
              id.className(),
              oneField(id.method()),
              result.test().kind().label(),
              result.outcome().name().toLowerCase(Locale.ROOT),
              seconds,
              message));
      table.append('\n');
      if (result.outcome() == Outcome.FAILED) {
        failures.append("=== ").append(id).append('\n').append(result.detail()).append('\n');
      }
    }
    Files.writeString(directory.resolve("suite-results.tsv"), table);
    Files.writeString(directory.resolve("suite-failures.txt"), failures);
    Files.writeString(directory.resolve("suite-causes.txt"), Causes.table(results));
    Files.write(
        directory.resolve("suite-groups.tsv"),
        GroupResult.of(contract.name(), results).stream().map(GroupResult::lineOfRun).toList());
  }

  private static String oneField(String text) {
    return text.replaceAll("\\s", " ");
  }

  /** The counts by kind and in total, a line each. */
  public static String summary(List<TestResult> results) {
    StringBuilder text = new StringBuilder();
    for (GroupResult group : GroupResult.of("", results)) {
      if (group.isKind()) {
        text.append(line(group.group(), group.counts())).append('\n');
      }
    }
    return text.append(line("Total", Counts.of(results))).toString();
  }

  private static String line(String label, Counts counts) {
    return String.format(
        Locale.ROOT,
        "%-16s %4d passed, %3d failed, %2d ignored by Beam, %2d excluded, of %d",
        label + ":",
        counts.passed(),
        counts.failed(),
        counts.ignored(),
        counts.excluded(),
        counts.total());
  }
}
