package dev.tidemark.portability.expansion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator names and what is there anyway. */
final class ExpansionJarsTest {
  private static final String SERVICE =
      "org/apache/beam/sdk/expansion/service/ExpansionService.class";

  private final Path folder;
  private ExpansionJars jars = new ExpansionJars(Path.of("program"), List.of());

  ExpansionJarsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void jars() throws IOException {
    jars =
        new ExpansionJars(
            Path.of("program"),
            List.of(jar("beam/beam-core-2.70.0.jar", "a"), jar("beam/guava-1.jar", "b")));
  }

  private Path jar(String name, String entry) throws IOException {
    Path file = folder.resolve(name).toAbsolutePath();
    Files.createDirectories(file.getParent());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new JarEntry(entry));
    }
    return file;
  }

  @Test
  void withoutAnyNamedItIsBeams() throws Exception {
    assertThat(jars.with(List.of())).isEqualTo(jars.beam());
  }

  @Test
  void namedJarsComeFirstAndReplaceOtherVersions() throws Exception {
    Path kafka = jar("lib/kafka-3.jar", "k");
    Path guava = jar("lib/guava-33.4-jre.jar", "g");
    for (String entry : List.of("lib", "lib/*")) {
      assertThat(jars.with(List.of(folder.resolve(entry).toString())))
          .containsExactly(guava, kafka, jars.beam().get(0));
    }
  }

  @Test
  void anExpansionServiceOfTheirOwnIsEnough() throws Exception {
    Path fat = jar("fat.jar", SERVICE);
    assertThat(jars.with(List.of(fat.toString()))).containsExactly(fat);
  }

  @Test
  void whatIsNoJarIsRefused() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
    for (Path wrong : List.of(empty, text, folder.resolve("missing.jar"))) {
      assertThatThrownBy(() -> jars.with(List.of(wrong.toString())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(wrong.toString());
    }
  }
}
