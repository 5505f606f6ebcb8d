package dev.tidemark.runner.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.runner.stage.FailedElement;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/** A dead letter as a line of JSON. */
final class LetterText {
  private static final int MOST_STACK_TRACE = 20_000;

  private LetterText() {}

  /**
   * The line.
   *
   * @param tries how often processing it has failed
   * @param error what was thrown at the last try
   */
  static String of(String jobName, FailedElement element, int tries, Throwable error) {
    Map<String, Object> letter = new LinkedHashMap<>();
    letter.put("job", jobName);
    letter.put("transform", element.identity().transform());
    letter.put("windows", element.windows());
    letter.put("timestamp", element.timestamp().toString());
    letter.put("pane", pane(element.pane()));
    letter.put("element", Base64.getEncoder().encodeToString(element.encoded()));
    letter.put("text", element.text());
    if (element.key() != null) {
      letter.put("key", element.key());
    }
    if (element.restriction() != null) {
      letter.put("restriction", element.restriction());
    }
    letter.put("tries", tries);
    letter.put("error", cut(error.toString()));
    StringWriter stackTrace = new StringWriter();
    error.printStackTrace(new PrintWriter(stackTrace));
    letter.put("stackTrace", cut(stackTrace.toString()));
    try {
      return new ObjectMapper().writeValueAsString(letter);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of text and numbers can always be written", e);
    }
  }

  private static Map<String, Object> pane(PaneInfo pane) {
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("timing", pane.getTiming().name());
    text.put("index", pane.getIndex());
    text.put("first", pane.isFirst());
    text.put("last", pane.isLast());
    return text;
  }

  private static String cut(String text) {
    return text.length() <= MOST_STACK_TRACE ? text : text.substring(0, MOST_STACK_TRACE) + "...";
  }
}
