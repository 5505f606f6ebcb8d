package dev.tidemark.suite;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Tests of one class that run together. Immutable.
 *
 * @param tests the tests, at least one, all of the same class
 * @param pipelineOptions the options of their pipelines, the runner among them
 */
record TestGroup(List<SuiteTest> tests, List<String> pipelineOptions) {

  TestGroup {
    tests = List.copyOf(tests);
    pipelineOptions = List.copyOf(pipelineOptions);
  }

  /** What {@code TestPipeline} reads from a system property: a JSON array of strings. */
  String optionsAsJson() {
    return pipelineOptions.stream()
        .map(each -> '"' + each.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }
}
