package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The list of tests as a file, so that a run of one test need not search the jars. Stateless. */
public final class TestList {
  private TestList() {}

  /**
   * The tests of the contract's jars on {@code loader}'s class path: from {@code file} if it was
   * made of the same jars, otherwise searched and written there.
   */
  public static List<SuiteTest> cached(Path file, Contract contract, ClassLoader loader)
      throws IOException {
    String jars = "# with categories, of " + contract.testsJars(loader);
    if (Files.isReadable(file)) {
      List<String> lines = Files.readAllLines(file);
      if (!lines.isEmpty() && lines.get(0).equals(jars)) {
        return lines.stream().skip(1).map(TestList::parse).toList();
      }
    }
    List<SuiteTest> tests = Discovery.discover(contract, loader);
    List<String> lines = new ArrayList<>(List.of(jars));
    for (SuiteTest test : tests) {
      lines.add(
          Wire.line(
              test.id().className(),
              List.of(
                  test.id().method(),
                  test.kind().label(),
                  String.join(",", test.categories()),
                  Boolean.toString(test.ignored()))));
    }
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    Files.write(file, lines);
    return tests;
  }

  private static SuiteTest parse(String line) {
    List<String> fields = Wire.parse(line);
    return new SuiteTest(
        new TestId(fields.get(0), fields.get(1)),
        Kind.of(fields.get(2)),
        Set.of(fields.get(3).split(",")).stream()
            .filter(each -> !each.isEmpty())
            .collect(Collectors.toSet()),
        Boolean.parseBoolean(fields.get(4)));
  }
}
