package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of a group of tests in a run, as the results file keeps it. Immutable.
 *
 * @param variant the run, as {@code ./test} names it: empty in the files of a single run
 * @param contract whose tests, see {@link Contract#name}
 * @param group a kind ({@code ValidatesRunner}) or one of Beam's categories ({@code UsesMapState});
 *     a test is in one kind and in any number of categories
 * @param counts the counts
 */
public record GroupResult(String variant, String contract, String group, Counts counts) {

  /** The groups of one run: first the kinds, then the categories of its ValidatesRunner tests. */
  static List<GroupResult> of(String contract, List<TestResult> results) {
    List<GroupResult> groups = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<TestResult> ofKind =
          results.stream().filter(result -> result.test().kind() == kind).toList();
      if (!ofKind.isEmpty()) {
        groups.add(new GroupResult("", contract, kind.label(), Counts.of(ofKind)));
      }
    }
    Map<String, List<TestResult>> byCategory = new TreeMap<>();
    for (TestResult result : results) {
      if (result.test().kind() == Kind.VALIDATES_RUNNER) {
        for (String category : result.test().categories()) {
          byCategory.computeIfAbsent(category, any -> new ArrayList<>()).add(result);
        }
      }
    }
    byCategory.forEach(
        (category, some) -> groups.add(new GroupResult("", contract, category, Counts.of(some))));
    return groups;
  }

  /** Whether the group is a kind, so that the groups of a run that are kinds add up to the run. */
  public boolean isKind() {
    return Arrays.stream(Kind.values()).anyMatch(kind -> kind.label().equals(group));
  }

  /** Reads a file of {@link #lineOfRun}s with the variant and a tab in front of each. */
  public static List<GroupResult> read(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(GroupResult::parse).toList();
  }

  /** The fields after the variant, separated by tabs. */
  String lineOfRun() {
    return String.join(
        "\t",
        contract,
        group,
        Long.toString(counts.passed()),
        Long.toString(counts.failed()),
        Long.toString(counts.ignored()),
        Long.toString(counts.excluded()));
  }

  private static GroupResult parse(String line) {
    String[] fields = line.split("\t");
    return new GroupResult(
        fields[0],
        fields[1],
        fields[2],
        new Counts(
            Long.parseLong(fields[3]),
            Long.parseLong(fields[4]),
            Long.parseLong(fields[5]),
            Long.parseLong(fields[6])));
  }
}
