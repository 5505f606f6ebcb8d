package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.epoch.ExecutionOptions;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobOptionsTest {

  /** An option whose type Jackson can neither write nor read. */
  public interface OddOptions extends PipelineOptions {
    Odd getOddity();

    void setOddity(Odd odd);
  }

  /** Not a bean. */
  public static final class Odd {
    private final Thread thread = Thread.currentThread();

    boolean mine() {
      return thread == Thread.currentThread();
    }
  }

  private static PipelineOptions parse(String... arguments) {
    PipelineOptions options = PipelineOptionsFactory.fromArgs(arguments).create();
    options.setRunner(TidemarkRunner.class);
    return options;
  }

  private static TidemarkOptions prepare(String... arguments) {
    return JobOptions.prepare(parse(arguments));
  }

  @Test
  void defaultsFollowTheMachineAndTheKindOfJob() {
    TidemarkOptions batch = prepare();
    JobOptions.complete(batch, true);
    assertThat(batch.getLanes()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(batch.getKeyGroups()).isEqualTo(128);
    assertThat(batch.isStreaming()).isFalse();
    assertThat(batch.getMaxBundleElements()).isEqualTo(1_000_000);
    assertThat(batch.getMaxBundleMillis()).isEqualTo(10_000);

    TidemarkOptions streaming = prepare();
    JobOptions.complete(streaming, false);
    assertThat(streaming.isStreaming()).isTrue();
    assertThat(streaming.getMaxBundleElements()).isEqualTo(1_000);
    assertThat(streaming.getMaxBundleMillis()).isEqualTo(1_000);
  }

  @Test
  void aBoundedPipelineMayStreamIfAsked() {
    TidemarkOptions options = prepare("--streaming=true");
    JobOptions.complete(options, true);
    assertThat(options.isStreaming()).isTrue();
    assertThat(options.getMaxBundleElements()).isEqualTo(1_000);
  }

  @Test
  void namesOfTheFlinkRunnerSetTheSameThings() {
    TidemarkOptions options =
        prepare(
            "--parallelism=3",
            "--maxParallelism=64",
            "--maxBundleSize=7",
            "--maxBundleTimeMills=9");
    JobOptions.complete(options, true);
    assertThat(options.getLanes()).isEqualTo(3);
    assertThat(options.getKeyGroups()).isEqualTo(64);
    assertThat(options.getMaxBundleElements()).isEqualTo(7);
    assertThat(options.getMaxBundleMillis()).isEqualTo(9);
  }

  @Test
  void minusOneIsUnsetAsWithTheFlinkRunner() {
    assertThat(prepare("--parallelism=-1", "--lanes=3").getLanes()).isEqualTo(3);
    assertThat(prepare("--parallelism=-1").getLanes())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void bothNamesMayBeGivenIfTheyAgree() {
    assertThat(prepare("--parallelism=3", "--lanes=3").getLanes()).isEqualTo(3);
    assertThatThrownBy(() -> prepare("--parallelism=3", "--lanes=4"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "--parallelism=3 and --lanes=4 are two names for the same thing:"
                + " give only one of them.");
  }

  @ParameterizedTest
  @CsvSource({
    "--lanes=0, --lanes=0 is too small: it must be at least 1.",
    "--parallelism=0, --lanes=0 is too small: it must be at least 1.",
    "--keyGroups=0, --keyGroups=0 is too small: it must be at least 1.",
    "--unboundedSplits=0, --unboundedSplits=0 is too small: it must be at least 1.",
    "--targetEpochMillis=0, --targetEpochMillis=0 is too small: it must be at least 1.",
    "--jobRetryDelayMillis=-1, --jobRetryDelayMillis=-1 is too small: it must be at least 0.",
    "--deadLetterAfter=0, --deadLetterAfter=0 is too small: it must be at least 1.",
    "--shutdownMillis=-1, --shutdownMillis=-1 is too small: it must be at least 0.",
    "--stateMemoryMegabytes=7, --stateMemoryMegabytes=7 is too small: it must be at least 8.",
    "--maxEpochMillis=10, --maxEpochMillis=10 is less than --targetEpochMillis=20.",
  })
  void whatMakesNoSenseIsRefused(String argument, String message) {
    assertThatThrownBy(() -> prepare(argument))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--fromSnapshot=folder",
        "--allowDroppedState",
        "--transformNameMapping={\"a\":\"b\"}"
      })
  void howToBeginWithStateNeedsState(String argument) {
    assertThatThrownBy(() -> prepare(argument))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("says how to begin with --stateDir, and that is not given");
    assertThat(prepare(argument, "--stateDir=state").getStateDir()).isEqualTo("state");
  }

  @Test
  void stateHasOnePlace() {
    assertThatThrownBy(() -> prepare("--stateDir=state", "--stateName=clicks"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("--stateDir and --stateName");
    assertThat(prepare("--stateName=clicks", "--allowDroppedState").getStateName())
        .isEqualTo("clicks");
    assertThat(prepare("--stateName=clicks", "--jobEndpoint=localhost:8099").getStateName())
        .isEqualTo("clicks");
  }

  @Test
  void aBatchJobThatKeepsItsStateStreams() {
    for (String state : List.of("--stateDir=state", "--stateName=clicks")) {
      TidemarkOptions options = prepare(state);
      JobOptions.complete(options, true);
      assertThat(options.isStreaming()).isTrue();
      assertThat(options.getMaxBundleElements()).isEqualTo(1_000);
    }
  }

  @Test
  void stateOfAJobElsewhereIsNotKeptHere() {
    assertThatThrownBy(() -> prepare("--stateDir=state", "--jobEndpoint=localhost:8099"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("--stateDir is a directory of this machine");
  }

  @Test
  void elementsAreGivenUpByStreamingJobsOfThisMachine() {
    TidemarkOptions options = prepare("--deadLetterFile=letters", "--streaming");
    JobOptions.complete(options, true);
    assertThat(options.getDeadLetterAfter()).isEqualTo(3);
    JobOptions.complete(prepare("--deadLetterFile=letters"), false);
    assertThatThrownBy(() -> JobOptions.complete(prepare("--deadLetterFile=letters"), true))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("--deadLetterFile is for streaming jobs");
    assertThatThrownBy(() -> prepare("--deadLetterFile=letters", "--jobEndpoint=localhost:8099"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("--deadLetterFile is a file of this machine");
  }

  @Test
  void moreLanesThanKeyGroupsAreRefused() {
    assertThatThrownBy(() -> prepare("--lanes=9", "--keyGroups=8"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("--lanes=9")
        .hasMessageContaining("--keyGroups=8");
    assertThat(prepare("--lanes=500").getKeyGroups()).isEqualTo(500);
  }

  @Test
  void bundlesHoldSomething() {
    TidemarkOptions options = prepare("--maxBundleElements=0");
    assertThatThrownBy(() -> JobOptions.complete(options, true))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("--maxBundleElements=0 is too small: it must be at least 1.");
  }

  @Test
  void anOptionThatDoesNotSurviveJsonIsNamed() {
    PipelineOptions given = PipelineOptionsFactory.create();
    Odd odd = new Odd();
    assertThat(odd.mine()).isTrue();
    given.as(OddOptions.class).setOddity(odd);
    assertThatThrownBy(() -> JobOptions.prepare(given))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("'oddity'");
  }

  @Test
  void theRunIsApartFromWhatTheCallerSetsAfterwards() {
    TidemarkOptions given = parse("--lanes=2").as(TidemarkOptions.class);
    TidemarkOptions prepared = JobOptions.prepare(given);
    given.setLanes(5);
    assertThat(prepared.getLanes()).isEqualTo(2);
    prepared.setLanes(7);
    assertThat(given.getLanes()).isEqualTo(5);
  }

  @Test
  void aNameThatAnotherRunnerRegisteredIsLeftToIt() {
    assertThat(TidemarkRegistrar.Options.aliasesBesides(Set.of("getParallelism")))
        .isEqualTo(
            List.of(
                FlinkOptionNames.MaxParallelism.class,
                FlinkOptionNames.MaxBundleSize.class,
                FlinkOptionNames.MaxBundleTimeMills.class));
  }

  @Test
  void optionsAreKnownByNameAndDescribed() {
    assertThat(PipelineOptionsFactory.getRegisteredOptions())
        .contains(TidemarkOptions.class, FlinkOptionNames.All.class);
    for (Class<?> type : List.of(TidemarkOptions.class, ExecutionOptions.class)) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().startsWith("get") || method.getName().startsWith("is")) {
          Description description = method.getAnnotation(Description.class);
          assertThat(description).as(method.getName()).isNotNull();
          assertThat(description.value()).as(method.getName()).contains("Default: ");
        }
      }
    }
  }
}
