package dev.tidemark.suite;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines that the parent and a worker exchange: a word and fields, tab-separated and
 * URL-encoded, so that a field may hold any text. Stateless.
 */
final class Wire {
  /** To the worker: class name, the pipeline options as JSON, then methods. */
  static final String RUN = "RUN";

  /** From the worker: a test starts; class name, method. */
  static final String START = "START";

  /** From the worker: a test ended; class name, method, outcome, milliseconds, detail. */
  static final String END = "END";

  /**
   * From the worker: the class of the last RUN is done; the detail of a class-level failure, and
   * whether the JVM should be replaced.
   */
  static final String DONE = "DONE";

  private Wire() {}

  static String line(String word, List<String> fields) {
    StringBuilder line = new StringBuilder(word);
    for (String field : fields) {
      line.append('\t').append(URLEncoder.encode(field, StandardCharsets.UTF_8));
    }
    return line.toString();
  }

  static List<String> parse(String line) {
    List<String> fields = new ArrayList<>();
    for (String field : line.split("\t", -1)) {
      fields.add(URLDecoder.decode(field, StandardCharsets.UTF_8));
    }
    return fields;
  }
}
