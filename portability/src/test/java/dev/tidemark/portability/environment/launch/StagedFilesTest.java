package dev.tidemark.portability.environment.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.environment.LaunchException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StagedFilesTest {
  private final Path folder;

  StagedFilesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void filesGetTheirNames() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      fixture.stage("a b.txt", LaunchFixture.STAGED, "content");
      StagedFiles.put(fixture.artifacts, folder.resolve("staged"));
      assertThat(folder.resolve("staged").resolve("a b.txt")).hasContent("content");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a\\b", "a\0b", "a\nb", "/etc/passwd"})
  void namesThatLeaveTheFolderAreRefused(String name) {
    assertThatThrownBy(() -> StagedFiles.join(folder, name)).isInstanceOf(LaunchException.class);
  }
}
