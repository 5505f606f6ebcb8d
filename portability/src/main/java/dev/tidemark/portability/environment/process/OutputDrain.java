package dev.tidemark.portability.environment.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads the output of a process to its end, line by line, whatever it is: a process whose output
 * nobody reads stands still. A line is cut where it gets too long, so that one without end fills no
 * memory.
 *
 * <p>Owned by the thread that runs it.
 */
final class OutputDrain implements Runnable {
  private static final int MAX_LINE = 16 << 10;

  private final InputStream output;
  private final Consumer<? super String> lines;
  private final StringBuilder line = new StringBuilder();

  OutputDrain(InputStream output, Consumer<? super String> lines) {
    this.output = output;
    this.lines = lines;
  }

  @Override
  public void run() {
    char[] buffer = new char[8 << 10];
    try (Reader reader = new InputStreamReader(output, StandardCharsets.UTF_8)) {
      for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
        for (int i = 0; i < n; i++) {
          take(buffer[i]);
        }
      }
    } catch (IOException e) {
      // The stream was closed under us, because the process is gone.
    }
    if (line.length() > 0) {
      end();
    }
  }

  private void take(char next) {
    if (next == '\n') {
      end();
    } else if (next != '\r') {
      line.append(next);
      if (line.length() == MAX_LINE) {
        end();
      }
    }
  }

  private void end() {
    lines.accept(line.toString());
    line.setLength(0);
  }
}
