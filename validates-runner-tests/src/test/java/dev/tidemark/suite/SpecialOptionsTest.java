package dev.tidemark.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpecialOptionsTest {
  @TempDir Path module = Path.of("");

  @Test
  void aTestHasTheOptionOfItsLine() throws IOException {
    SpecialOptions options = read("# comment\n\na.B$C#one  --x=1 it must\n");

    assertThat(options.of(new TestId("a.B$C", "one[GZIP]"))).containsExactly("--x=1");
    assertThat(options.of(new TestId("a.B$C", "two"))).isEmpty();
  }

  @Test
  void withoutAFileNoTestHasOptions() throws IOException {
    assertThat(SpecialOptions.of(module).of(new TestId("a.B", "one"))).isEmpty();
  }

  @Test
  void refusesAnOptionWithoutAReason() {
    assertThatThrownBy(() -> read("a.B#one  --x=1\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(":1: say '--option=value' and why");
    assertThatThrownBy(() -> read("a.B#one  x=1 it must\n")).hasMessageContaining("--option");
    assertThatThrownBy(() -> read("a.B#one --x=1\n")).hasMessageContaining("expected");
  }

  private SpecialOptions read(String text) throws IOException {
    Files.writeString(module.resolve("options.txt"), text);
    return SpecialOptions.of(module);
  }
}
