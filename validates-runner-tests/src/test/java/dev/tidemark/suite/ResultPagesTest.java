package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ResultPagesTest {

  @Test
  void thePagesShowTheCommittedResults() throws IOException {
    for (Map.Entry<Path, String> page :
        ResultPages.pages(Path.of("").toAbsolutePath()).entrySet()) {
      assertThat(Files.readString(page.getKey()))
          .as(page.getKey() + ": validates-runner-tests/suite --pages brings it up to date")
          .isEqualTo(page.getValue());
    }
  }

  @Test
  void everyCategoryThatOthersLeaveOutIsOneOfBeams() throws IOException {
    Set<String> known = new HashSet<>(Set.of(Kind.VALIDATES_RUNNER.label()));
    for (SuiteTest test : Discovery.discover(Contract.CORE, getClass().getClassLoader())) {
      known.addAll(test.categories());
    }
    assertThat(OtherRunners.read(Path.of("other-runners.tsv")).excluded().keySet())
        .extracting(runnerAndCategory -> runnerAndCategory.get(1))
        .isSubsetOf(known);
  }

  @Test
  void categoriesArePassedOfTotalNextToWhatOthersLeaveOut() {
    OtherRunners others =
        new OtherRunners(
            Map.of(List.of("prism", "UsesMapState"), 2, List.of("prism", "NeedsRunner"), 9));

    String table =
        ResultTables.byCategory(
            List.of(
                new GroupResult("a", "core", "NeedsRunner", new Counts(3, 0, 0, 0)),
                new GroupResult("a", "core", "UsesMapState", new Counts(4, 1, 2, 3)),
                new GroupResult("a", "io-jdbc", "TestPipeline", new Counts(5, 0, 0, 0)),
                new GroupResult("a", "io-jdbc", "UsesMapState", new Counts(5, 0, 0, 0)),
                new GroupResult("b", "core", "UsesMapState", new Counts(9, 9, 9, 9))),
            others);

    assertThat(table.lines().skip(2))
        .containsExactly(
            "| NeedsRunner | 3 / 3 |" + " |".repeat(9),
            "| UsesMapState | 4 / 10 | 0 | −2 |" + " 0 |".repeat(7),
            "| io-jdbc, TestPipeline | 5 / 5 |" + " |".repeat(9));
  }

  @Test
  void variantsCountEachTestOnce() {
    String table =
        ResultTables.byVariant(
            List.of(
                new GroupResult("a", "core", "NeedsRunner", new Counts(3, 0, 0, 0)),
                new GroupResult("a", "core", "ValidatesRunner", new Counts(4, 1, 2, 3)),
                new GroupResult("a", "core", "UsesMapState", new Counts(4, 0, 0, 0)),
                new GroupResult("b", "core", "NeedsRunner", new Counts(1, 0, 0, 0))));

    assertThat(table.lines().skip(2))
        .containsExactly(
            "| a | core | 7 | 1 | 2 | 3 | 13 |",
            "| b | core | 1 | 0 | 0 | 0 | 1 |",
            "| all |  | 8 | 1 | 2 | 3 | 14 |");
  }
}
