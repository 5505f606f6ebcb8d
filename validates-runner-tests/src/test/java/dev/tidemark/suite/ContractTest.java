package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.experimental.categories.Category;
import org.junit.jupiter.api.Test;

final class ContractTest {
  private final ClassLoader loader = ContractTest.class.getClassLoader();

  @Test
  void theDirectorySaysWhichItIs() {
    assertThat(Contract.in(Path.of("/contracts/validates-runner-tests"))).isEqualTo(Contract.CORE);
    assertThat(Contract.in(Path.of("/x/validates-runner-tests/contracts/io-jdbc/")).artifacts())
        .containsExactly("beam-sdks-java-io-jdbc");
  }

  @Test
  void aTestsJarIsFoundByTheNameOfItsArtifact() throws IOException {
    assertThat(Contract.CORE.testsJars(loader))
        .extracting(jar -> jar.getFileName().toString())
        .satisfiesExactly(
            name -> assertThat(name).matches("beam-sdks-java-core-[0-9.]+-tests\\.jar"),
            name -> assertThat(name).matches("beam-runners-core-java-[0-9.]+-tests\\.jar"));
  }

  @Test
  void aTestsJarThatIsMissingIsNamed() {
    Contract absent = Contract.in(Path.of("/x/validates-runner-tests/contracts/io-absent"));

    assertThatThrownBy(() -> absent.testsJars(loader))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("beam-sdks-java-io-absent");
  }

  @Test
  void ofAClassWithCategoriesOnlyThoseTestsNeedARunner() {
    assertThat(testsOf(Some.class.getName()))
        .containsExactly(
            new SuiteTest(new TestId(Some.class.getName(), "two"), Kind.NEEDS_RUNNER, false));
    assertThat(testsOf(Plain.class.getName()))
        .containsExactly(
            new SuiteTest(new TestId(Plain.class.getName(), "one"), Kind.TEST_PIPELINE, false));
  }

  @Test
  void aClassThatCannotBeLoadedIsOneTest() {
    assertThat(testsOf("no.such.Class"))
        .extracting(SuiteTest::id)
        .containsExactly(new TestId("no.such.Class", TestId.WHOLE_CLASS));
  }

  private List<SuiteTest> testsOf(String className) {
    return ClassTests.of(className, loader);
  }

  /** One test of two needs a runner. */
  public static final class Some {
    @org.junit.Test
    public void one() {}

    @org.junit.Test
    @Category(NeedsRunner.class)
    public void two() {}
  }

  /** Uses a pipeline, without a category. */
  public static final class Plain {
    @org.junit.Test
    public void one() {
      TestPipeline.create();
    }
  }
}
