package dev.tidemark.suite;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as Markdown. Stateless. */
final class ResultTables {
  /** The runners beside Tidemark: how the file calls them, how readers do. */
  private static final Map<String, String> RUNNERS = new LinkedHashMap<>();

  static {
    RUNNERS.put("direct", "Direct");
    RUNNERS.put("prism", "Prism");
    RUNNERS.put("flink-streaming", "Flink streaming");
    RUNNERS.put("flink-batch", "Flink batch");
    RUNNERS.put("flink-portable-streaming", "Flink portable streaming");
    RUNNERS.put("flink-portable-batch", "Flink portable batch");
    RUNNERS.put("spark3-batch", "Spark batch");
    RUNNERS.put("spark3-streaming", "Spark streaming");
    RUNNERS.put("spark3-structured", "Spark structured");
  }

  private ResultTables() {}

  /**
   * The groups of the first variant: what passed here, and what the other runners leave out. Only
   * of the core's ValidatesRunner tests do they say so.
   */
  static String byCategory(List<GroupResult> results, OtherRunners others) {
    StringBuilder table = new StringBuilder("| tests | Tidemark |");
    RUNNERS.values().forEach(name -> table.append(' ').append(name).append(" |"));
    table.append("\n|---|---|").append("---|".repeat(RUNNERS.size())).append('\n');
    String variant = results.get(0).variant();
    for (GroupResult result : results) {
      if (!result.variant().equals(variant)) {
        continue;
      }
      boolean core = result.contract().equals(Contract.CORE.name());
      boolean shared = core && !result.group().equals(Kind.NEEDS_RUNNER.label());
      if (!core && !result.isKind()) {
        continue;
      }
      Counts counts = result.counts();
      table.append("| ");
      table.append(core ? result.group() : result.contract() + ", " + result.group());
      table.append(" | ").append(counts.passed()).append(" / ").append(counts.total());
      table.append(" |");
      for (String runner : RUNNERS.keySet()) {
        table.append(' ');
        table.append(shared ? "−" + others.count(runner, result.group()) : "");
        table.append(" |");
      }
      table.append('\n');
    }
    return table.toString().replace("| −0 ", "| 0 ").replace("|  |", "| |").replace("|  |", "| |");
  }

  /** A line for each variant and contract. */
  static String byVariant(List<GroupResult> results) {
    Map<List<String>, Counts> sums =
        results.stream()
            .filter(GroupResult::isKind)
            .collect(
                Collectors.toMap(
                    result -> List.of(result.variant(), result.contract()),
                    GroupResult::counts,
                    Counts::plus,
                    LinkedHashMap::new));
    StringBuilder table =
        new StringBuilder(
            """
            | variant | tests of | passed | failed | ignored by Beam | excluded | total |
            |---|---|---|---|---|---|---|
            """);
    sums.forEach((run, counts) -> table.append(row(run, counts)));
    return table.append(row(List.of("all", ""), sum(sums.values()))).toString();
  }

  private static Counts sum(Collection<Counts> all) {
    return all.stream().reduce(new Counts(0, 0, 0, 0), Counts::plus);
  }

  private static String row(List<String> run, Counts counts) {
    return "| "
        + String.join(" | ", run)
        + " | "
        + List.of(
                counts.passed(),
                counts.failed(),
                counts.ignored(),
                counts.excluded(),
                counts.total())
            .stream()
            .map(String::valueOf)
            .collect(Collectors.joining(" | "))
        + " |\n";
  }
}
