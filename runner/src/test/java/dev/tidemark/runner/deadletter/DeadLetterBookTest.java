package dev.tidemark.runner.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.runner.stage.DeadLetters.Outcome;
import dev.tidemark.runner.stage.FailedElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterBookTest {
  private static final IllegalStateException ERROR = new IllegalStateException("bad \"one\"");

  private final Path folder;
  private final Path file;

  DeadLetterBookTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("letters");
  }

  private static FailedElement element(String name) {
    return new FailedElement(
        new FailedElement.Identity("Parse", name),
        List.of("window"),
        Instant.EPOCH,
        PaneInfo.ON_TIME_AND_ONLY_FIRING,
        new byte[] {1, 2},
        name,
        "key",
        null);
  }

  private DeadLetterBook book(int tries, int limit) {
    return DeadLetterBook.open("clicks", file, tries, limit);
  }

  @Test
  void whatFailsTooOftenIsWrittenAndLeftOut() throws IOException {
    DeadLetterBook book = book(2, 10);
    assertThat(book.failed(element("a"), ERROR)).isEqualTo(Outcome.COUNTED);
    assertThat(book.failed(element("b"), ERROR)).isEqualTo(Outcome.COUNTED);
    assertThat(file).isEmptyFile();
    assertThat(book.anyOf("Parse")).isFalse();
    assertThat(book.failed(element("a"), ERROR)).isEqualTo(Outcome.GIVEN_UP);
    JsonNode letter = new ObjectMapper().readTree(Files.readString(file));
    assertThat(letter.path("job").asText()).isEqualTo("clicks");
    assertThat(letter.path("transform").asText()).isEqualTo("Parse");
    assertThat(letter.path("windows").get(0).asText()).isEqualTo("window");
    assertThat(letter.path("timestamp").asText()).isEqualTo("1970-01-01T00:00:00.000Z");
    assertThat(letter.path("pane").path("timing").asText()).isEqualTo("ON_TIME");
    assertThat(letter.path("element").binaryValue()).containsExactly(1, 2);
    assertThat(letter.path("text").asText()).isEqualTo("a");
    assertThat(letter.path("key").asText()).isEqualTo("key");
    assertThat(letter.has("restriction")).isFalse();
    assertThat(letter.path("tries").asInt()).isEqualTo(2);
    assertThat(letter.path("error").asText()).contains("bad \"one\"");
    assertThat(letter.path("stackTrace").asText()).contains("DeadLetterBookTest");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void eachOfSeveralEqualElementsIsGivenUpByItself() throws IOException {
    DeadLetterBook book = book(1, 10);
    FailedElement.Identity identity = element("a").identity();
    book.failed(element("a"), ERROR);
    assertThat(book.leaveOut(identity)).isTrue();
    assertThat(book.leaveOut(identity)).as("the second one").isFalse();
    book.failed(element("a"), ERROR);
    book.beginRun();
    assertThat(book.leaveOut(identity)).isTrue();
    assertThat(book.leaveOut(identity)).isTrue();
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void whoIsLeftOutForGoodIsForgotten() throws IOException {
    DeadLetterBook book = book(1, 10);
    FailedElement.Identity identity = element("a").identity();
    book.failed(element("a"), ERROR);
    assertThat(book.anyOf("Parse")).isTrue();
    assertThat(book.leaveOut(identity)).isTrue();
    book.beginRun();
    assertThat(book.leaveOut(identity)).as("the first time was not committed").isTrue();
    book.committed(identity);
    book.beginRun();
    assertThat(book.anyOf("Parse")).isFalse();
    assertThat(book.leaveOut(identity)).isFalse();
  }

  @Test
  void whatIsCountedIsBounded() throws IOException {
    DeadLetterBook book = book(2, 10);
    for (int i = 0; i < 100; i++) {
      assertThat(book.failed(element("element " + i), ERROR)).isEqualTo(Outcome.COUNTED);
    }
    assertThat(book.failed(element("another"), ERROR)).isEqualTo(Outcome.TOO_MANY);
    assertThat(book.failed(element("element 7"), ERROR)).isEqualTo(Outcome.GIVEN_UP);
    book.forgetFailures();
    assertThat(book.failed(element("element 8"), ERROR)).isEqualTo(Outcome.COUNTED);
  }

  @Test
  void notAllAreGivenUp() throws IOException {
    DeadLetterBook book = book(1, 1);
    assertThat(book.failed(element("a"), ERROR)).isEqualTo(Outcome.GIVEN_UP);
    assertThat(book.failed(element("b"), ERROR)).isEqualTo(Outcome.TOO_MANY);
    assertThat(Files.readAllLines(file)).hasSize(1);
    book.forgetFailures();
    assertThat(book.failed(element("b"), ERROR)).isEqualTo(Outcome.GIVEN_UP);
  }

  @Test
  void theFileOnlyGetsLonger() throws IOException {
    Files.writeString(file, "a line\na line that a crash has cut");
    DeadLetterBook book = book(1, 10);
    book.failed(element("a"), ERROR);
    book.failed(element("b"), ERROR);
    assertThat(Files.readAllLines(file))
        .hasSize(4)
        .startsWith("a line", "a line that a crash has cut")
        .element(3)
        .asString()
        .endsWith("}");
  }

  @Test
  void aFileThatCannotBeWrittenIsSaid() throws IOException {
    assertThatThrownBy(() -> DeadLetterBook.open("clicks", folder, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("--deadLetterFile=" + folder + " cannot be written");
    DeadLetterBook book = book(1, 10);
    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(() -> book.failed(element("a"), ERROR)).isInstanceOf(IOException.class);
    assertThat(book.leaveOut(element("a").identity())).as("as it is in no file").isFalse();
  }
}
