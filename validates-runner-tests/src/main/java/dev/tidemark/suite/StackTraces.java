package dev.tidemark.suite;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** Stack traces as text. Stateless. */
final class StackTraces {
  private StackTraces() {}

  /** The trace of {@code throwable} with its causes; the first line is its class and message. */
  static String of(Throwable throwable) {
    StringWriter text = new StringWriter();
    throwable.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** What every thread of this JVM does now. */
  static String ofAllThreads() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      text.append('"').append(thread.getName()).append("\" ").append(thread.getState());
      text.append(System.lineSeparator());
      for (StackTraceElement element : entry.getValue()) {
        text.append("\tat ").append(element).append(System.lineSeparator());
      }
    }
    return text.toString();
  }
}
