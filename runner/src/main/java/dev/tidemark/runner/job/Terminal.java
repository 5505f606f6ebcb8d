package dev.tidemark.runner.job;

import java.io.Console;

/** What is known of the terminal that the process runs in. */
final class Terminal {
  private static final int DEFAULT_COLUMNS = 120;

  private Terminal() {}

  /**
   * Whether standard error is a terminal that can move its cursor.
   *
   * <p>Java tells only whether standard input and output are; {@code ./run} knows better and says
   * so in a system property.
   */
  static boolean standardErrorIsOne() {
    String known = System.getProperty("tidemark.terminal");
    if (known != null) {
      return Boolean.parseBoolean(known);
    }
    return isTerminal(System.console()) && !"dumb".equals(System.getenv("TERM"));
  }

  /** How many characters fit into a line. */
  static int columns() {
    return Integer.getInteger("tidemark.columns", DEFAULT_COLUMNS);
  }

  /** From Java 22 on there is a console also where there is no terminal. */
  private static boolean isTerminal(@org.jspecify.annotations.Nullable Console console) {
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
