package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExclusionsTest {
  @TempDir Path directory = Path.of("");

  @Test
  void aMethodStandsForAllItsParameters() throws IOException {
    Exclusions exclusions = read("# comment\n\na.B$C#one  [missing] no such state\n");

    assertThat(exclusions.reasonFor(new TestId("a.B$C", "one"))).isPresent();
    assertThat(exclusions.reasonFor(new TestId("a.B$C", "one[1: GZIP]")))
        .hasValue(new Exclusions.Reason(Exclusions.Mark.MISSING, "no such state"));
    assertThat(exclusions.reasonFor(new TestId("a.B$C", "oneMore"))).isEmpty();
    assertThat(exclusions.reasonFor(new TestId("a.B", "one"))).isEmpty();
  }

  @Test
  void aStarStandsForAllMethodsOfTheClass() throws IOException {
    Exclusions exclusions = read("a.B#*  [environment] no server\n");

    assertThat(exclusions.reasonFor(new TestId("a.B", "one[1: GZIP]"))).isPresent();
    assertThat(exclusions.reasonFor(new TestId("a.B$C", "one"))).isEmpty();
  }

  @Test
  void withoutAFileNothingIsExcluded() throws IOException {
    assertThat(Exclusions.read(directory.resolve("no.txt")).reasons()).isEmpty();
  }

  @Test
  void refusesALineWithoutAMarkedReason() {
    assertThatThrownBy(() -> read("a.B#one  because\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(":1:")
        .hasMessageContaining("[environment]");
    assertThatThrownBy(() -> read("a.B#one\n")).hasMessageContaining("expected");
    assertThatThrownBy(() -> read("a.B#one  [missing] \n")).hasMessageContaining("say more");
  }

  @Test
  void refusesATestListedTwice() {
    assertThatThrownBy(() -> read("a.B#one  [missing] x\na.B#one  [environment] y\n"))
        .hasMessageContaining(":2: listed twice: a.B#one");
  }

  @Test
  void reasonsOfOldJdksCountOnNewOnesOnly() throws IOException {
    Exclusions exclusions = read("a.B#one  [jdk] x\na.B#two  [missing] y\n");
    TestId one = new TestId("a.B", "one");

    assertThat(SuiteRun.thatApply(exclusions, 21).reasonFor(one)).isPresent();
    assertThat(SuiteRun.thatApply(exclusions, 17).reasonFor(one)).isEmpty();
    assertThat(SuiteRun.thatApply(exclusions, 17).reasonFor(new TestId("a.B", "two"))).isPresent();
  }

  private Exclusions read(String text) throws IOException {
    return Exclusions.read(Files.writeString(directory.resolve("exclusions.txt"), text));
  }
}
