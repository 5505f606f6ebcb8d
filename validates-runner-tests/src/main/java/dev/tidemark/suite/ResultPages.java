package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Brings the pages that show results up to date with {@code results.tsv}. Stateless. */
public final class ResultPages {
  private static final String BEGIN = "<!-- results: begin -->\n";
  private static final String END = "<!-- results: end -->\n";

  private ResultPages() {}

  /**
   * Rewrites {@code README.md}, between its marks, and {@code results.md}; takes the directory of
   * this module.
   */
  public static void main(String[] arguments) throws IOException {
    for (Map.Entry<Path, String> page : pages(Path.of(arguments[0])).entrySet()) {
      Files.writeString(page.getKey(), page.getValue());
      System.out.println("Wrote " + page.getKey());
    }
  }

  /** What the files should hold. */
  static Map<Path, String> pages(Path module) throws IOException {
    List<GroupResult> results = GroupResult.read(module.resolve("results.tsv"));
    OtherRunners others = OtherRunners.read(module.resolve("other-runners.tsv"));
    Path readme = module.resolveSibling("README.md").normalize();
    Map<Path, String> pages = new LinkedHashMap<>();
    pages.put(readme, between(readme, ResultTables.byCategory(results, others)));
    pages.put(
        module.resolve("results.md"),
        """
        # Results of Beam's tests on Tidemark

        Made by `./test --all`, which also writes `results.tsv`; do not edit.

        """
            + ResultTables.byVariant(results));
    return pages;
  }

  private static String between(Path file, String text) throws IOException {
    String page = Files.readString(file);
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalStateException(file + " lacks the lines " + BEGIN + "and " + END);
    }
    return page.substring(0, begin + BEGIN.length()) + text + page.substring(end);
  }
}
