package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.Assert;
import org.junit.Assume;
import org.junit.BeforeClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs classes of every sort of trouble in forked JVMs. */
final class SuiteRunTest {
  @TempDir Path output = Path.of("");

  @Test
  void everyTestGetsOneOutcomeWhateverTheOthersDo() throws Exception {
    List<TestResult> results =
        run(
            test(Mixed.class, "passes"),
            test(Mixed.class, "fails"),
            test(Mixed.class, "assumes"),
            test(Mixed.class, "excluded"),
            test(Hanging.class, "a_passes"),
            test(Hanging.class, "b_hangs"),
            test(Hanging.class, "c_passes"),
            test(Dying.class, "a_dies"),
            test(Dying.class, "b_passes"),
            test(Hungry.class, "a_fills"),
            test(Hungry.class, "b_passes"),
            test(BadClass.class, "one"),
            test(BadClass.class, "two"),
            new SuiteTest(new TestId("no.such.Class", "one"), Kind.NEEDS_RUNNER, false),
            new SuiteTest(id(Mixed.class, "ignored"), Kind.NEEDS_RUNNER, true));

    Map<String, Outcome> outcomes = new java.util.HashMap<>();
    Map<String, String> messages = new java.util.HashMap<>();
    for (TestResult result : results) {
      String name = result.test().id().shortName().replace("SuiteRunTest$", "");
      assertThat(outcomes.put(name, result.outcome())).as(name).isNull();
      messages.put(name, result.message());
    }
    assertThat(outcomes)
        .containsOnly(
            Map.entry("Mixed#passes", Outcome.PASSED),
            Map.entry("Mixed#fails", Outcome.FAILED),
            Map.entry("Mixed#assumes", Outcome.IGNORED),
            Map.entry("Mixed#excluded", Outcome.EXCLUDED),
            Map.entry("Mixed#ignored", Outcome.IGNORED),
            Map.entry("Hanging#a_passes", Outcome.PASSED),
            Map.entry("Hanging#b_hangs", Outcome.FAILED),
            Map.entry("Hanging#c_passes", Outcome.PASSED),
            Map.entry("Dying#a_dies", Outcome.FAILED),
            Map.entry("Dying#b_passes", Outcome.PASSED),
            Map.entry("Hungry#a_fills", Outcome.FAILED),
            Map.entry("Hungry#b_passes", Outcome.PASSED),
            Map.entry("BadClass#one", Outcome.FAILED),
            Map.entry("BadClass#two", Outcome.FAILED),
            Map.entry("Class#one", Outcome.FAILED));
    assertThat(messages.get("Mixed#fails")).contains("AssertionError").contains("2 + 2 \t= 5");
    assertThat(messages.get("Hanging#b_hangs")).contains("Hung for more than 3 s");
    assertThat(messages.get("Dying#a_dies")).contains("exit status 7");
    assertThat(messages.get("BadClass#two")).contains("set-up broke");
    assertThat(messages.get("Class#one")).contains("ClassNotFoundException");
  }

  @Test
  void excludedTestsAloneCanRun() throws Exception {
    List<TestResult> results =
        run(List.of("--excluded=only"), test(Mixed.class, "passes"), test(Mixed.class, "excluded"));

    assertThat(results).extracting(TestResult::outcome).containsExactly(Outcome.PASSED);
  }

  @Test
  void theOptionsReachThePipelineTests() throws Exception {
    assertThat(run(List.of("--runner=ARunner"), test(Options.class, "arrive")))
        .extracting(TestResult::outcome)
        .containsExactly(Outcome.PASSED);
  }

  @Test
  void aTestMayHaveOptionsOfItsOwn() throws Exception {
    Files.writeString(
        output.resolve("options.txt"),
        Options.class.getName() + "#arriveWithItsOwn  --y=2 because it is so\n");

    assertThat(
            run(
                List.of("--runner=ARunner"),
                test(Options.class, "arrive"),
                test(Options.class, "arriveWithItsOwn")))
        .extracting(TestResult::outcome)
        .containsExactly(Outcome.PASSED, Outcome.PASSED);
  }

  private List<TestResult> run(SuiteTest... tests) throws IOException, InterruptedException {
    return run(List.of(), tests);
  }

  private List<TestResult> run(List<String> arguments, SuiteTest... tests)
      throws IOException, InterruptedException {
    List<String> all =
        Stream.concat(
                arguments.stream(),
                Stream.of("--timeout=3", "--heap=64m", "--output=" + output, "--options=--x=\"1\""))
            .toList();
    Exclusions exclusions =
        new Exclusions(
            Map.of(
                id(Mixed.class, "excluded").toString(),
                new Exclusions.Reason(Exclusions.Mark.MISSING, "for the test")));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new SuiteRun(
            Contract.CORE,
            SuiteOptions.parse(all, Path.of(".")),
            exclusions,
            SpecialOptions.of(output),
            classPath,
            silent)
        .run(List.of(tests));
  }

  private static SuiteTest test(Class<?> testClass, String method) {
    return new SuiteTest(id(testClass, method), Kind.NEEDS_RUNNER, false);
  }

  private static TestId id(Class<?> testClass, String method) {
    return new TestId(testClass.getName(), method);
  }

  /** Every ordinary outcome. */
  public static final class Mixed {
    @org.junit.Test
    public void passes() {}

    @org.junit.Test
    public void fails() {
      Assert.fail("2 + 2 \t= 5\nsecond line");
    }

    @org.junit.Test
    public void assumes() {
      Assume.assumeTrue(false);
    }

    @org.junit.Test
    public void excluded() {}

    @org.junit.Test
    @org.junit.Ignore
    public void ignored() {}
  }

  /** One test never ends. */
  @org.junit.FixMethodOrder(org.junit.runners.MethodSorters.NAME_ASCENDING)
  public static final class Hanging {
    @org.junit.Test
    public void a_passes() {}

    @org.junit.Test
    public void b_hangs() throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @org.junit.Test
    public void c_passes() {}
  }

  /** One test ends its JVM. */
  @org.junit.FixMethodOrder(org.junit.runners.MethodSorters.NAME_ASCENDING)
  public static final class Dying {
    @org.junit.Test
    public void a_dies() {
      Runtime.getRuntime().halt(7);
    }

    @org.junit.Test
    public void b_passes() {}
  }

  /** One test fills the heap and leaves it full. */
  @org.junit.FixMethodOrder(org.junit.runners.MethodSorters.NAME_ASCENDING)
  public static final class Hungry {
    private static final List<byte[]> KEPT = new java.util.ArrayList<>();

    @org.junit.Test
    public void a_fills() {
      while (KEPT.size() < 1_000_000) {
        KEPT.add(new byte[1 << 20]);
      }
    }

    @org.junit.Test
    public void b_passes() {
      Assert.assertEquals(16 << 20, new byte[16 << 20].length);
    }
  }

  /** The class cannot be set up. */
  public static final class BadClass {
    @BeforeClass
    public static void setUp() {
      Assert.fail("set-up broke");
    }

    @org.junit.Test
    public void one() {}

    @org.junit.Test
    public void two() {}
  }

  /** Looks at what {@code TestPipeline} will look at. */
  public static final class Options {
    @org.junit.Test
    public void arrive() {
      Assert.assertEquals(
          "[\"--runner=ARunner\",\"--x=\\\"1\\\"\"]",
          System.getProperty("beamTestPipelineOptions"));
    }

    @org.junit.Test
    public void arriveWithItsOwn() {
      Assert.assertEquals(
          "[\"--runner=ARunner\",\"--x=\\\"1\\\"\",\"--y=2\"]",
          System.getProperty("beamTestPipelineOptions"));
    }
  }
}
