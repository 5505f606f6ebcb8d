package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiscoveryTest {
  private final ClassLoader loader = DiscoveryTest.class.getClassLoader();

  @Test
  void findsNestedParameterizedAndRunnersCoreTests() throws IOException {
    List<SuiteTest> tests = Discovery.discover(Contract.CORE, loader);

    assertThat(tests)
        .extracting(test -> test.id().shortName())
        .contains(
            "ParDoTest$TimerTests#testEventTimeTimerBounded",
            "TextIOReadTest$CompressedReadTest#testCompressedReadWithExtension[1: GZIP]",
            "MetricsPusherTest#pushesUserMetrics");
    assertThat(tests).extracting(SuiteTest::id).doesNotHaveDuplicates();
  }

  @Test
  void countsOfTheDefaultBeamVersion() throws IOException {
    List<SuiteTest> tests = Discovery.discover(Contract.CORE, loader);
    if (ReleaseInfo.getReleaseInfo().getVersion().equals("2.70.0")) {
      assertThat(tests).filteredOn(test -> test.kind() == Kind.VALIDATES_RUNNER).hasSize(413);
      assertThat(tests).filteredOn(test -> test.kind() == Kind.NEEDS_RUNNER).hasSize(563);
      assertThat(tests).filteredOn(SuiteTest::ignored).hasSize(4);
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(976);
  }

  @Test
  void whatTheExclusionsNameAreTests() throws IOException {
    Set<String> names = new HashSet<>();
    for (SuiteTest test : Discovery.discover(Contract.CORE, loader)) {
      names.add(test.id().toString());
      names.add(test.id().className() + "#" + test.id().plainMethod());
    }
    Exclusions exclusions = Exclusions.read(Path.of("exclusions.txt"));

    assertThat(names).containsAll(exclusions.reasons().keySet());
  }

  @Test
  void theListReadBackIsTheListFound(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("tests.tsv");
    List<SuiteTest> found = TestList.cached(file, Contract.CORE, loader);

    assertThat(TestList.cached(file, Contract.CORE, loader)).isEqualTo(found);
    assertThat(file).exists();
  }
}
