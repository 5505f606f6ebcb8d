package dev.tidemark.portability.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TruncationTest {
  /** Of two Java characters. */
  private static final String SMILE = "\uD83D\uDE00";

  @Test
  void whatIsShortEnoughStaysAsItIs() {
    assertThat(Truncation.head("abc", 3)).isEqualTo("abc");
    assertThat(Truncation.ends("abc", 3)).isEqualTo("abc");
  }

  @Test
  void whatIsTooLongSaysHowMuchIsMissing() {
    assertThat(Truncation.head("abcdef", 3)).isEqualTo("abc… (6 characters)");
    assertThat(Truncation.ends("abcdefgh", 4))
        .isEqualTo("ab\n... (4 characters are left out here) ...\ngh");
  }

  @Test
  void noCharacterIsCutInTwo() {
    String text = SMILE.repeat(4);
    assertThat(Truncation.head(text, 3)).isEqualTo(SMILE + "… (8 characters)");
    assertThat(Truncation.ends(text, 6))
        .isEqualTo(SMILE + "\n... (4 characters are left out here) ...\n" + SMILE);
  }

  @Test
  void lastWordsAreTheNewestEntries() {
    LastWords words = new LastWords(3, 6);
    IntStream.rangeClosed(1, 9).forEach(number -> words.add("line " + number));
    words.add("line 10");
    assertThat(words).hasToString("line 8\nline 9\nline 1… (7 characters)");
  }
}
