package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Beam's suites as tests of this build, so that Surefire counts and reports them one by one. The
 * modules of the contracts run this class, by its tag, with their own class paths.
 *
 * <p>System properties: {@code suite.arguments}, what the command line of {@link SuiteMain} takes,
 * separated by spaces; {@code suite.skip=true} leaves the suites out.
 */
@Tag("beam")
@DisabledIfSystemProperty(named = "suite.skip", matches = "true")
final class BeamSuiteTest {

  @TestFactory
  Stream<DynamicNode> beamSuites() throws IOException, InterruptedException {
    Path module = Path.of(System.getProperty("basedir", "."));
    SuiteOptions options =
        SuiteOptions.parse(
            Stream.of(System.getProperty("suite.arguments", "").split("\\s+"))
                .filter(each -> !each.isEmpty())
                .toList(),
            module);
    Contract contract = Contract.in(module);
    ClassLoader loader = BeamSuiteTest.class.getClassLoader();
    List<SuiteTest> tests =
        TestList.cached(options.output().resolveSibling("suite-tests.tsv"), contract, loader);
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    List<TestResult> results =
        new SuiteRun(
                contract,
                options,
                Exclusions.read(options.exclusions()),
                SpecialOptions.of(module),
                classPath,
                System.out)
            .run(tests);
    Report.write(contract, results, options.output());
    System.out.println(Report.summary(results));
    assertThat(results).as("tests that the suite ran").isNotEmpty();
    return nodes(results);
  }

  private static Stream<DynamicNode> nodes(List<TestResult> results) {
    Map<String, List<DynamicTest>> byClass = new LinkedHashMap<>();
    for (TestResult result : results) {
      TestId id = result.test().id();
      byClass
          .computeIfAbsent(id.className(), any -> new ArrayList<>())
          .add(DynamicTest.dynamicTest(id.shortName(), () -> replay(result)));
    }
    return byClass.entrySet().stream()
        .map(entry -> DynamicContainer.dynamicContainer(entry.getKey(), entry.getValue()));
  }

  private static void replay(TestResult result) {
    switch (result.outcome()) {
      case PASSED -> {
        // Nothing to say.
      }
      case FAILED -> throw new AssertionError(result.test().id() + "\n" + result.detail());
      case IGNORED, EXCLUDED -> abort(result.message());
    }
  }
}
