package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SuiteOptionsTest {
  private static final SuiteTest TIMER =
      new SuiteTest(new TestId("a.ParDoTest$TimerTests", "one[1]"), Kind.VALIDATES_RUNNER, false);

  @Test
  void selectsByClassMethodAndKind() {
    assertThat(parse().selects(TIMER)).isTrue();
    assertThat(parse("ParDoTest").selects(TIMER)).isTrue();
    assertThat(parse("ParDoTest$TimerTests#one").selects(TIMER)).isTrue();
    assertThat(parse("TimerTests#one[1]").selects(TIMER)).isTrue();
    assertThat(parse("TimerTests#one[2]").selects(TIMER)).isFalse();
    assertThat(parse("StateTests", "TimerTests").selects(TIMER)).isTrue();
    assertThat(parse("--kind=NeedsRunner").selects(TIMER)).isFalse();
  }

  @Test
  void splitsPipelineOptions() {
    assertThat(parse("--options=--parallelism=1  --streaming").pipelineOptions())
        .containsExactly("--parallelism=1", "--streaming");
  }

  @Test
  void refusesUnknownOptionsAndKinds() {
    assertThatThrownBy(() -> parse("--runer=X"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--runer=X")
        .hasMessageContaining("Usage");
    assertThatThrownBy(() -> parse("--kind=Slow")).hasMessageContaining("ValidatesRunner");
  }

  private static SuiteOptions parse(String... arguments) {
    return SuiteOptions.parse(List.of(arguments), Path.of("module"));
  }
}
