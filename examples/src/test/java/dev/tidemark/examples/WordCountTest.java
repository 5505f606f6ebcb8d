package dev.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountTest {
  private static final Path TEXT = Path.of("src/main/text/king-james-bible.txt");
  private static final int VERSES = 1_000;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit does
  private Path directory;

  private Path input = TEXT;
  private List<String> verses = List.of();

  @BeforeEach
  void takeAThousandVerses() throws IOException {
    verses = Files.readAllLines(TEXT).subList(0, VERSES);
    input = Files.write(Files.createDirectory(directory.resolve("in")).resolve("text"), verses);
  }

  @Test
  void minimalWordCountCountsEveryWord() {
    MinimalWordCount.main(arguments());

    assertThat(OutputFiles.lines(directory.resolve("out")))
        .containsExactlyInAnyOrderElementsOf(counted("\\p{L}+", false));
  }

  @Test
  void wordCountCountsEveryWord() {
    WordCount.main(arguments());

    assertThat(OutputFiles.lines(directory.resolve("out")))
        .containsExactlyInAnyOrderElementsOf(counted("\\p{L}+('\\p{L}+)*", true));
  }

  @Test
  void theProgramForNewcomersPrintsTheTopWords() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      WordCountMain.main(arguments());
    } finally {
      System.setOut(before);
    }

    Map.Entry<String, Long> top =
        counts("\\p{L}+('\\p{L}+)*", true).entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .orElseThrow();
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.get(0)).isEqualTo("The 10 most frequent words:");
    assertThat(lines.get(1).strip())
        .isEqualTo(String.format(Locale.ROOT, "%,d  %s", top.getValue(), top.getKey()));
    assertThat(lines).anyMatch(line -> line.startsWith("Output: " + directory.resolve("out")));
    assertThat(lines).last().asString().matches("Took \\d+\\.\\d s\\.");
  }

  private String[] arguments() {
    return new String[] {
      Runner.argument(), "--inputFile=" + input, "--output=" + directory.resolve("out/counts")
    };
  }

  private List<String> counted(String word, boolean lowerCase) {
    List<String> lines = new ArrayList<>();
    counts(word, lowerCase).forEach((key, count) -> lines.add(key + ": " + count));
    return lines;
  }

  private Map<String, Long> counts(String word, boolean lowerCase) {
    Pattern pattern = Pattern.compile(word);
    Map<String, Long> counts = new TreeMap<>();
    for (String verse : verses) {
      Matcher matcher = pattern.matcher(lowerCase ? verse.toLowerCase(Locale.ROOT) : verse);
      while (matcher.find()) {
        counts.merge(matcher.group(), 1L, Long::sum);
      }
    }
    return counts;
  }
}
